import { AivaultError } from '#contract/errors.ts';
import {
  type Generator,
  maxMetadataBytes,
  maxValueBytes,
  type PathMetadata,
  type SecretType,
} from '#contract/schemas/paths.ts';
import { generateValue } from './path-generate.ts';
import { durationMs } from './path-grammar.ts';
import type { PathRow } from './path-rows.ts';

/** Versions kept unless the writer says otherwise. */
const defaultMaxVersions = 100;

export interface PathWriteInput {
  readonly path: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly generate?: Readonly<Record<string, Generator>> | undefined;
  readonly secretType?: SecretType | undefined;
  readonly metadata?: PathMetadata | undefined;
  readonly maxVersions?: number | undefined;
  readonly expiresIn?: string | null | undefined;
  readonly ifVersion?: number | undefined;
}

/** The last moment ISO 8601 writes with a year of four digits. Whoever reads an answer reads its dates that way. */
const lastMomentMs = Date.UTC(9999, 11, 31, 23, 59, 59);

/** The value as it will be sealed: what was given, with the generated fields filled in. At most 1 MiB of JSON. */
export function valueText(input: PathWriteInput, randomBytes: (length: number) => Uint8Array): string {
  const generated = Object.entries(input.generate ?? {}).map(([field, spec]) => [
    field,
    generateValue(spec, randomBytes),
  ]);
  if (input.data === undefined && generated.length === 0) {
    throw new AivaultError('invalid_request', 'A write needs data.');
  }
  const text = JSON.stringify({ ...input.data, ...Object.fromEntries(generated) });
  if (Buffer.byteLength(text) > maxValueBytes) throw new AivaultError('too_large', 'A value has at most 1 MiB.');
  if (input.metadata !== undefined && Buffer.byteLength(JSON.stringify(input.metadata)) > maxMetadataBytes) {
    throw new AivaultError('too_large', 'Metadata has at most 16 KiB.');
  }
  return text;
}

/**
 * The value after a rotation: the fields of the one before, those named made anew. Throws `invalid_request` where none is
 * named, or one that is not there: who may rotate may not give a secret other fields.
 */
export function rotatedText(
  before: Readonly<Record<string, unknown>>,
  generate: Readonly<Record<string, Generator>>,
  randomBytes: (length: number) => Uint8Array,
): string {
  const fields = Object.keys(generate);
  if (fields.length === 0) throw new AivaultError('invalid_request', 'Say which fields are to be made anew.');
  if (!fields.every((field) => Object.hasOwn(before, field))) {
    throw new AivaultError('invalid_request', 'Only fields that are there can be made anew.', {
      hint: 'Write the secret to give it other fields.',
    });
  }
  return valueText({ path: '', data: before, generate }, randomBytes);
}

/**
 * The row after a write, and the versions that fall out of it. What is left out of the input stays as it was; numbering
 * goes on from the highest version ever kept. Pure: the caller commits.
 */
export function nextRow(
  before: PathRow | undefined,
  input: PathWriteInput,
  text: string,
  by: string,
  atMs: number,
): { readonly row: PathRow; readonly dropped: readonly number[] } {
  const previous = before?.versions.at(-1)?.version ?? 0;
  if (before !== undefined && before.deletedAtMs !== null) {
    throw new AivaultError('already_exists', 'A deleted secret is still kept at this path.', {
      reason: 'secret_exists',
      hint: 'Restore it, or delete it permanently first.',
    });
  }
  if (input.ifVersion !== undefined && input.ifVersion !== previous) {
    throw new AivaultError('version_conflict', 'The secret has another version by now.', {
      hint: 'Read it again, then write on top of what you saw.',
    });
  }
  const secretType = input.secretType ?? before?.secretType ?? 'kv';
  const maxVersions = input.maxVersions ?? before?.maxVersions ?? defaultMaxVersions;
  const expiresInMs =
    input.expiresIn === undefined
      ? (before?.expiresInMs ?? null)
      : input.expiresIn === null
        ? null
        : durationMs(input.expiresIn);
  if (input.expiresIn != null && (expiresInMs === null || atMs + expiresInMs > lastMomentMs)) {
    throw new AivaultError('invalid_request', 'This value would end after the year 9999.', {
      reason: 'invalid_duration',
    });
  }
  const all = [
    ...(before?.versions ?? []),
    {
      version: previous + 1,
      createdAtMs: atMs,
      createdBy: by,
      secretType,
      bytes: Buffer.byteLength(text),
      expiresAtMs: expiresInMs === null ? null : atMs + expiresInMs,
    },
  ];
  const versions = all.slice(-maxVersions);
  return {
    row: {
      path: input.path,
      secretType,
      metadata: input.metadata ?? before?.metadata ?? {},
      maxVersions,
      expiresInMs,
      createdAtMs: before?.createdAtMs ?? atMs,
      updatedAtMs: atMs,
      deletedAtMs: null,
      versions,
    },
    dropped: all.slice(0, all.length - versions.length).map((facts) => facts.version),
  };
}
