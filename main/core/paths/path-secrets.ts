// Versioned secrets by path, readable by those whose scope and path allow it. Broker secrets never come here.

import { AivaultError } from '#contract/errors.ts';
import type {
  Generator,
  PathDetail,
  PathSummary,
  PathValue,
  PathVersion,
  PathWritten,
} from '#contract/schemas/paths.ts';
import { MacKey } from '../crypto/mac-key.ts';
import type { SealedTables } from '../vault/sealed.ts';
import type { Usage } from '../vault/usage.ts';
import { type CursorSeal, openCursor, sealCursor } from './path-cursor.ts';
import { checkPath, durationMs } from './path-grammar.ts';
import { PathIndex } from './path-index.ts';
import { type PathRow, pathTable, rowIdOf, valueId, valueTable } from './path-rows.ts';
import { nextRow, type PathWriteInput, rotatedText, valueText } from './path-write.ts';

export interface PathSecretsDeps {
  readonly vault: SealedTables;
  /** Turns paths into row ids; the same for the whole life of the vault. */
  readonly namingKey: () => Uint8Array;
  readonly cursors: CursorSeal;
  /** When a path was last read; kept apart from its row. */
  readonly usage: Pick<Usage, 'touch' | 'lastUsedAtMs'>;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface PathRotateInput {
  readonly path: string;
  readonly generate: Readonly<Record<string, Generator>>;
  readonly ifVersion?: number | undefined;
}

export interface PathListQuery {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly tag?: string | undefined;
  readonly expiringWithin?: string | undefined;
  /** Show deleted ones instead of live ones. */
  readonly deleted: boolean;
  /** Which paths the asker may see at all. */
  readonly visible: (path: string) => boolean;
}

export interface PathPage {
  readonly secrets: PathSummary[];
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

export interface PathSecrets {
  /** Call when the vault opens: reads which paths there are. */
  open(): void;
  /** Call when it locks: forgets them. */
  close(): void;
  /** A new version; acknowledged only when it is on disk. `by` is shown in the version list. */
  write(input: PathWriteInput, by: string): Promise<PathWritten>;
  /** A new version with the named fields made anew and the others as they were. */
  rotate(input: PathRotateInput, by: string): Promise<PathWritten>;
  read(path: string, version?: number): PathValue;
  list(query: PathListQuery): PathPage;
  describe(path: string): PathDetail;
  versions(path: string): PathVersion[];
  delete(path: string, permanent: boolean): Promise<{ versions: number; deletedAtMs: number }>;
  restore(path: string): Promise<PathSummary>;
}

/** Path secrets over the vault's sealed tables. */
export function createPathSecrets(deps: PathSecretsDeps): PathSecrets {
  const { vault, now } = deps;
  const index = new PathIndex();
  let naming: MacKey | null = null;
  const idOf = (path: string): string => {
    naming ??= new MacKey(deps.namingKey());
    return rowIdOf(naming, path);
  };
  const any = (path: string): readonly [id: string, row: PathRow] => {
    const id = idOf(checkPath(path));
    const row = vault.table(pathTable).get(id);
    if (row === undefined) throw unknownPath();
    return [id, row];
  };
  const live = (path: string): readonly [id: string, row: PathRow] => {
    const found = any(path);
    if (found[1].deletedAtMs !== null) throw unknownPath({ hint: 'It was deleted; `aivault kv restore` undoes it.' });
    return found;
  };
  const isOver = ({ expiresAtMs }: PathRow['versions'][number]) => expiresAtMs !== null && expiresAtMs <= now();
  /** After every change of a path, however many wait behind it: the list shows what is committed now. */
  const listAsCommitted = (path: string): void => {
    const id = idOf(path);
    if (vault.table(pathTable).has(id)) index.add(path, id);
    else index.remove(path);
  };

  /** The next version of a path, whose text `textOf` gives once the ones before it are settled. */
  const append = async (
    input: PathWriteInput,
    by: string,
    textOf: (before: PathRow | undefined, current: () => Record<string, unknown>) => string,
  ): Promise<PathWritten> => {
    const written = await vault.change((tx) => {
      const id = idOf(input.path);
      const before = tx.get(pathTable, id);
      const previous = before?.versions.at(-1)?.version ?? null;
      const text = textOf(before, () => {
        const value = tx.get(valueTable, valueId(id, previous ?? 0));
        if (value === undefined) throw missingValue(id);
        return JSON.parse(value.json) as Record<string, unknown>;
      });
      const { row, dropped } = nextRow(before, input, text, by, now());
      const version = row.versions.at(-1)!.version;
      tx.put(pathTable, id, row);
      tx.put(valueTable, valueId(id, version), { json: text });
      for (const old of dropped) tx.remove(valueTable, valueId(id, old));
      return { row, previous };
    });
    listAsCommitted(input.path);
    return {
      path: input.path,
      secretType: written.row.secretType,
      version: written.row.versions.at(-1)!.version,
      created: written.previous === null,
      previousVersion: written.previous,
      createdAtMs: written.row.createdAtMs,
      updatedAtMs: written.row.updatedAtMs,
      expiresAtMs: written.row.versions.at(-1)!.expiresAtMs,
    };
  };

  return {
    open() {
      const pairs = [...vault.table(pathTable).entries()].map(([id, row]) => [row.path, id] as const);
      index.fill(pairs);
    },

    close() {
      naming?.forget();
      naming = null;
      index.fill([]);
    },

    async write(input, by) {
      checkPath(input.path);
      const text = valueText(input, deps.randomBytes);
      return append(input, by, () => text);
    },

    async rotate({ path, generate, ifVersion }, by) {
      live(path);
      return append({ path, ifVersion }, by, (before, current) => {
        if (before === undefined || before.deletedAtMs !== null) throw unknownPath();
        const fields = current();
        // Making one field anew must not bring others back that are past their date.
        const all = Object.keys(fields).every((field) => Object.hasOwn(generate, field));
        if (!all && isOver(before.versions.at(-1)!)) throw expired();
        return rotatedText(fields, generate, deps.randomBytes);
      });
    },

    read(path, version) {
      const [id, row] = live(path);
      const wanted = version ?? row.versions.at(-1)!.version;
      const facts = row.versions.find((candidate) => candidate.version === wanted);
      if (facts === undefined) {
        throw new AivaultError('not_found', 'This version does not exist, or is no longer kept.', {
          reason: 'version_not_found',
        });
      }
      if (isOver(facts)) {
        throw expired();
      }
      const value = vault.table(valueTable).get(valueId(id, wanted));
      if (value === undefined) throw missingValue(id);
      deps.usage.touch('paths', id);
      return {
        path,
        secretType: facts.secretType,
        version: wanted,
        data: JSON.parse(value.json) as Record<string, unknown>,
        metadata: row.metadata,
        createdAtMs: row.createdAtMs,
        updatedAtMs: row.updatedAtMs,
        expiresAtMs: facts.expiresAtMs,
      };
    },

    list(query) {
      const question = JSON.stringify([query.prefix, query.tag ?? null, query.expiringWithin ?? null, query.deleted]);
      const after = query.cursor === undefined ? null : openCursor(deps.cursors, question, query.cursor);
      const table = vault.table(pathTable);
      const until = query.expiringWithin === undefined ? null : now() + durationMs(query.expiringWithin)!;
      const secrets: PathSummary[] = [];
      for (const [path, id] of index.range(query.prefix, after)) {
        if (!query.visible(path)) continue;
        const row = table.get(id);
        if (row === undefined || (row.deletedAtMs !== null) !== query.deleted) continue;
        if (query.tag !== undefined && !(row.metadata.tags ?? []).includes(query.tag)) continue;
        const expiresAtMs = row.versions.at(-1)!.expiresAtMs;
        if (until !== null && (expiresAtMs === null || expiresAtMs > until)) continue;
        if (secrets.length === query.limit) {
          return { secrets, cursor: sealCursor(deps.cursors, question, secrets.at(-1)!.path), hasMore: true };
        }
        secrets.push(summary(row));
      }
      return { secrets, cursor: null, hasMore: false };
    },

    describe(path) {
      const [id, row] = live(path);
      return {
        ...summary(row),
        metadata: row.metadata,
        maxVersions: row.maxVersions,
        versions: [...row.versions].reverse(),
        lastReadAtMs: deps.usage.lastUsedAtMs('paths', id),
      };
    },

    versions(path) {
      return [...live(path)[1].versions].reverse();
    },

    async delete(path, permanent) {
      const [id] = permanent ? any(path) : live(path);
      const deletedAtMs = now();
      const versions = await vault.change((tx) => {
        const row = tx.get(pathTable, id);
        if (row === undefined) throw unknownPath();
        if (permanent) {
          for (const { version } of row.versions) tx.remove(valueTable, valueId(id, version));
          tx.remove(pathTable, id);
        } else {
          tx.put(pathTable, id, { ...row, deletedAtMs });
        }
        return row.versions.length;
      });
      if (permanent) listAsCommitted(path);
      return { versions, deletedAtMs };
    },

    async restore(path) {
      const [id, row] = any(path);
      if (row.deletedAtMs === null) {
        throw new AivaultError('already_exists', 'This path is not deleted.', { reason: 'secret_exists' });
      }
      const restored = await vault.change((tx) => {
        const current = tx.get(pathTable, id);
        if (current === undefined) throw unknownPath();
        const next = { ...current, deletedAtMs: null };
        tx.put(pathTable, id, next);
        return next;
      });
      return summary(restored);
    },
  };
}

function summary(row: PathRow): PathSummary {
  const current = row.versions.at(-1)!;
  return {
    path: row.path,
    secretType: row.secretType,
    version: current.version,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
    expiresAtMs: current.expiresAtMs,
    deletedAtMs: row.deletedAtMs,
    tags: row.metadata.tags ?? [],
  };
}

function missingValue(id: string): AivaultError {
  return new AivaultError('integrity_error', `A value of path row ${id} is missing.`);
}

function unknownPath(more: { readonly hint?: string } = {}): AivaultError {
  return new AivaultError('not_found', 'There is no secret at this path.', { reason: 'secret_not_found', ...more });
}

function expired(): AivaultError {
  return new AivaultError('expired', 'This value is past its date.', { hint: 'Write a new version.' });
}
