import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AivaultError } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import { type AuditReader, type PathAuditQuery, pathAuditPage } from './path-audit.ts';
import type { CursorSeal } from './path-cursor.ts';

/** A seal that hides nothing: what is looked at here are the pages. */
const cursors: CursorSeal = { seal: (text) => text, open: (text) => text };
const kinds = ['path.read', 'path.write', 'path.list', 'path.delete', 'invoke'] as const;

function logOf(rows: readonly (typeof kinds)[number][]): AuditEntry[] {
  return rows.map((kind, index) => ({
    seq: index + 1,
    tsMs: 1_000 * (index + 1),
    kind,
    actor: index % 4 === 0 ? 'operator:cli' : `agent:tok_000000000000000${index % 4}`,
    outcome: index % 3 === 0 ? 'refused' : 'done',
    ...(kind === 'path.list' ? {} : { secretPath: index % 2 === 0 ? 'app/db' : 'other/key' }),
  }));
}

/** The reader of the real log: newest first, one kind, before a number, at most so many. */
function readerOf(log: readonly AuditEntry[]): AuditReader {
  return async ({ kind, limit, beforeSeq, sinceTsMs }) =>
    log
      .filter((entry) => entry.kind === kind && entry.seq < (beforeSeq ?? Number.POSITIVE_INFINITY))
      .filter((entry) => entry.tsMs >= (sinceTsMs ?? 0))
      .sort((a, b) => b.seq - a.seq)
      .slice(0, limit);
}

/** All pages; after each one something new happens. */
async function allPages(log: AuditEntry[], query: PathAuditQuery, visible = (_entry: AuditEntry) => true) {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const asked = { ...query, ...(cursor === undefined ? {} : { cursor }) };
    const page = await pathAuditPage(readerOf(log), cursors, asked, visible);
    assert.ok(page.logs.length <= query.limit);
    assert.equal(page.hasMore, page.cursor !== null);
    seen.push(...page.logs.map(({ seq }) => seq));
    cursor = page.cursor ?? undefined;
    log.push({ ...log[0]!, kind: 'path.read', seq: log.length + 1, tsMs: 1_000 * (log.length + 1) });
  } while (cursor !== undefined);
  return seen;
}

test('pages show every entry that was there at the start once, newest first, whatever happens meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      async (rows, limit) => {
        const log = logOf(rows);
        const expected = log.filter(({ kind }) => kind !== 'invoke').map(({ seq }) => seq);
        assert.deepEqual(await allPages(log, { limit }), expected.reverse());
      },
    ),
    { numRuns: 150 },
  );
});

test('each filter leaves exactly what it names', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => kinds[i % kinds.length]!);
  const log = logOf(rows).filter(({ kind }) => kind !== 'invoke');
  const cases: [PathAuditQuery, (entry: AuditEntry) => boolean][] = [
    [{ limit: 3, action: 'read' }, ({ kind }) => kind === 'path.read'],
    [{ limit: 3, action: 'write, delete,write' }, ({ kind }) => kind === 'path.write' || kind === 'path.delete'],
    [{ limit: 3, pathPrefix: 'app/' }, ({ secretPath }) => secretPath === 'app/db'],
    [{ limit: 3, success: false }, ({ outcome }) => outcome === 'refused'],
    [{ limit: 3, identityId: 'user:tok_0000000000000002' }, ({ actor }) => actor.endsWith('2')],
    [{ limit: 3, identityId: 'user:operator' }, ({ actor }) => actor === 'operator:cli'],
    [{ limit: 3, fromMs: 10_000, toMs: 20_000 }, ({ tsMs }) => tsMs >= 10_000 && tsMs <= 20_000],
  ];
  for (const [query, keep] of cases) {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const asked = { ...query, ...(cursor === undefined ? {} : { cursor }) };
      const page = await pathAuditPage(readerOf(log), cursors, asked, () => true);
      seen.push(...page.logs.map(({ seq }) => seq));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(
      seen,
      log
        .filter(keep)
        .map(({ seq }) => seq)
        .reverse(),
      JSON.stringify(query),
    );
  }
});

test('a token sees what happened under its own globs only', async () => {
  const log = logOf(Array.from({ length: 20 }, () => 'path.read' as const));
  const page = await pathAuditPage(readerOf(log), cursors, { limit: 100 }, ({ secretPath }) => secretPath === 'app/db');
  assert.deepEqual(new Set(page.logs.map(({ secretPath }) => secretPath)), new Set(['app/db']));
});

test('a cursor goes on with its own question only', async () => {
  const log = logOf(Array.from({ length: 9 }, () => 'path.read' as const));
  const { cursor } = await pathAuditPage(readerOf(log), cursors, { limit: 2, success: true }, () => true);
  await assert.rejects(
    pathAuditPage(readerOf(log), cursors, { limit: 2, success: false, cursor: cursor! }, () => true),
    (error) => error instanceof AivaultError && error.reason === 'invalid_cursor',
  );
});

test('an action that does not exist is refused instead of answered with nothing', async () => {
  for (const action of ['nonsense', 'read,nonsense', '', 'path.read']) {
    await assert.rejects(
      pathAuditPage(readerOf([]), cursors, { limit: 2, action }, () => true),
      (error) => error instanceof AivaultError && error.code === 'invalid_request',
      action,
    );
  }
});
