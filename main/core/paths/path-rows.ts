import { z } from 'zod';
import { pathMetadata, secretType } from '#contract/schemas/paths.ts';
import { timeMs } from '#contract/schemas/secrets.ts';
import type { MacKey } from '../crypto/mac-key.ts';
import type { TableSpec } from '../vault/sealed.ts';

// What is sealed for a path secret: one row of facts per path, one row per value. Facts are opened at unlock, because
// lists need them; values only when they are read, and never kept open.

const versionFacts = z.strictObject({
  version: z.int().positive(),
  createdAtMs: timeMs,
  createdBy: z.string(),
  secretType,
  bytes: z.int().nonnegative(),
  expiresAtMs: timeMs.nullable(),
});

const pathRow = z.strictObject({
  path: z.string(),
  secretType,
  metadata: pathMetadata,
  maxVersions: z.int().positive(),
  /** The duration every write starts anew; null: values do not expire. */
  expiresInMs: z.int().positive().nullable(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  deletedAtMs: timeMs.nullable(),
  /** Readable versions, oldest first. The last one is the current one. */
  versions: z.array(versionFacts).min(1),
});
export type PathRow = z.output<typeof pathRow>;

const valueRow = z.strictObject({ json: z.string() });
export type ValueRow = z.output<typeof valueRow>;

export const pathTable: TableSpec<PathRow> = { name: 'paths', parse: (value) => pathRow.parse(value) };
/** Row ids are `<path row id>.<version>`. */
export const valueTable: TableSpec<ValueRow> = {
  name: 'path_values',
  lazy: true,
  parse: (value) => valueRow.parse(value),
};

/**
 * The row id of a path: HMAC-SHA-256 under a subkey of the vault. Two writers of one new path meet in one row, and the
 * ids on disk tell nothing about the paths.
 */
export function rowIdOf(naming: MacKey, path: string): string {
  return naming.mac(Buffer.from(path)).toString('hex');
}

/** The row id of one value. */
export function valueId(rowId: string, version: number): string {
  return `${rowId}.${version}`;
}
