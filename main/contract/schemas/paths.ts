import { z } from 'zod';
import { charsets, secretTypes } from '../choices.ts';
import { timeMs } from './secrets.ts';

// Path secrets: readable by tokens whose scope and path allow it, because applications need the value itself.
// They never mix with broker secrets, which nobody can read.

export const maxPathLength = 512;
export const maxPathLevels = 10;
export const maxValueBytes = 1024 * 1024;
export const maxMetadataBytes = 16 * 1024;

/** Words of our own URLs: a path may not end in them. */
export const reservedLastSegments: readonly string[] = ['versions', 'metadata', 'restore'];
/** … nor begin with this one. */
export const reservedFirstSegments: readonly string[] = ['batch'];

export const secretType = z.enum(secretTypes);
export type SecretType = z.output<typeof secretType>;

/** Checked by core's own grammar, which can say which rule was broken. */
const pathText = z.string().max(4096);
/** `90d`, `48h`, `30m`, `45s`, `2w`. */
export const duration = z.string().regex(/^[1-9][0-9]{0,5}[smhdw]$/, 'a duration like 90d, 48h or 30m');

/** The public part of a path secret: searchable, never secret. */
export const pathMetadata = z.looseObject({
  description: z.string().max(4096).optional(),
  tags: z.array(z.string().min(1).max(128)).max(64).optional(),
  owner: z.string().max(256).optional(),
});
export type PathMetadata = z.output<typeof pathMetadata>;

export const generator = z.discriminatedUnion('generator', [
  z.strictObject({
    generator: z.literal('random'),
    length: z.int().min(8).max(4096).default(32),
    charset: z.enum(charsets).default('alphanumeric'),
  }),
  z.strictObject({ generator: z.literal('hex'), length: z.int().min(8).max(4096).default(64) }),
  z.strictObject({ generator: z.literal('uuid') }),
]);
export type Generator = z.output<typeof generator>;

const data = z.record(z.string().min(1).max(256), z.unknown());

export const pathWrite = z.strictObject({
  path: pathText,
  /** Left out only where `generate` fills every field. */
  data: data.optional(),
  /** Values the host makes itself: field → generator. They are not in the answer. */
  generate: z.record(z.string().min(1).max(256), generator).optional(),
  secretType: secretType.optional(),
  metadata: pathMetadata.optional(),
  maxVersions: z.int().min(1).max(1000).optional(),
  /** Starts anew with each write; left out, the path's own duration goes on; null ends it. */
  expiresIn: duration.nullish(),
  /** The version the writer saw; 0 means "only if it does not exist yet". */
  ifVersion: z.int().min(0).optional(),
});

export const pathRotate = z.strictObject({
  path: pathText,
  /** Fields of the current version that the host makes anew; at least one. The others stay. */
  generate: z.record(z.string().min(1).max(256), generator),
  ifVersion: z.int().min(0).optional(),
});

export const pathWritten = z.strictObject({
  path: z.string(),
  secretType,
  version: z.int().positive(),
  created: z.boolean(),
  previousVersion: z.int().positive().nullable(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  expiresAtMs: timeMs.nullable(),
});
export type PathWritten = z.output<typeof pathWritten>;

export const pathSummary = z.strictObject({
  path: z.string(),
  secretType,
  version: z.int().positive(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  expiresAtMs: timeMs.nullable(),
  deletedAtMs: timeMs.nullable(),
  tags: z.array(z.string()),
});
export type PathSummary = z.output<typeof pathSummary>;

export const pathVersion = z.strictObject({
  version: z.int().positive(),
  createdAtMs: timeMs,
  createdBy: z.string(),
  secretType,
  bytes: z.int().nonnegative(),
  expiresAtMs: timeMs.nullable(),
});
export type PathVersion = z.output<typeof pathVersion>;

export const pathDetail = z.strictObject({
  ...pathSummary.shape,
  metadata: pathMetadata,
  maxVersions: z.int().positive(),
  versions: z.array(pathVersion),
  lastReadAtMs: timeMs.nullable(),
});
export type PathDetail = z.output<typeof pathDetail>;

export const pathValue = z.strictObject({
  path: z.string(),
  secretType,
  version: z.int().positive(),
  data,
  metadata: pathMetadata,
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  expiresAtMs: timeMs.nullable(),
});
export type PathValue = z.output<typeof pathValue>;

export const pathKey = z.strictObject({ path: pathText });
export const pathReadKey = z.strictObject({ path: pathText, version: z.int().positive().optional() });
export const pathListQuery = z.strictObject({
  prefix: z.string().max(maxPathLength).default(''),
  limit: z.int().min(1).max(1000).default(100),
  cursor: z.string().max(2048).optional(),
  tag: z.string().max(128).optional(),
  expiringWithin: duration.optional(),
  deleted: z.boolean().default(false),
});
