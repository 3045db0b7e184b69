import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AivaultError, type ErrorCode } from '#contract/errors.ts';
import { pathListQuery } from '#contract/schemas/paths.ts';
import { systemRandom } from '../crypto/random.ts';
import { openRowStore } from '../store/database.ts';
import { createUsage } from '../vault/usage.ts';
import { createVault } from '../vault/vault.ts';
import { createCursorSeal } from './cursor-seal.ts';
import { valueTable } from './path-rows.ts';
import { createPathSecrets, type PathSecrets } from './path-secrets.ts';

interface Room {
  readonly paths: PathSecrets;
  readonly clock: { nowMs: number };
  /** Locks and opens the vault again: only what is on disk is left. */
  reopen(): Promise<void>;
  readonly vault: Awaited<ReturnType<typeof createVault>>;
}

async function inRoom(use: (room: Room) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aivault-paths-'));
  const store = await openRowStore(join(folder, 'vault', 'vault.db'));
  const clock = { nowMs: Date.UTC(2026, 3, 23, 14) };
  const now = () => clock.nowMs;
  const vault = await createVault({
    store,
    defaultKeyFile: join(folder, 'keys', 'kek.key'),
    stateFolder: join(folder, 'state'),
    environment: {},
    now,
    randomBytes: systemRandom,
    tables: [valueTable],
  });
  await vault.init({ provider: 'file' }, { development: false });
  const usage = await createUsage({ store, now, flushed: () => {} });
  const paths = createPathSecrets({
    vault,
    usage,
    namingKey: () => vault.subkey('paths'),
    cursors: createCursorSeal(() => vault.subkey('cursors')),
    now,
    randomBytes: systemRandom,
  });
  paths.open();
  const reopen = async (): Promise<void> => {
    vault.lock();
    paths.close();
    await vault.unlock({});
    paths.open();
  };
  try {
    await use({ paths, clock, reopen, vault });
  } finally {
    await vault.close();
    await usage.close();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

function refuses(code: ErrorCode, reason?: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof AivaultError && error.code === code && (reason === undefined || error.reason === reason);
}

const everything = { prefix: '', limit: 100, deleted: false, visible: () => true };

test('each write is a new version and every version stays readable, also after locking', () =>
  inRoom(async ({ paths, reopen }) => {
    const first = await paths.write(
      { path: 'a/b', data: { k: '1' }, metadata: { tags: ['x'] }, secretType: 'json' },
      'me',
    );
    assert.deepEqual([first.version, first.created, first.previousVersion], [1, true, null]);
    const second = await paths.write({ path: 'a/b', data: { k: '2' } }, 'me');
    assert.deepEqual(
      [second.version, second.created, second.previousVersion, second.secretType],
      [2, false, 1, 'json'],
    );
    await reopen();
    assert.deepEqual(paths.read('a/b').data, { k: '2' });
    assert.deepEqual(paths.read('a/b', 1).data, { k: '1' });
    assert.deepEqual(paths.read('a/b').metadata, { tags: ['x'] }, 'metadata left out is kept');
    assert.throws(() => paths.read('a/b', 3), refuses('not_found', 'version_not_found'));
    assert.throws(() => paths.read('a/c'), refuses('not_found', 'secret_not_found'));
  }));

test('fifty writers on one path lose no version and make each number once', () =>
  inRoom(async ({ paths, reopen }) => {
    const writes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => paths.write({ path: 'race', data: { writer: i } }, `w${i}`)),
    );
    assert.deepEqual(
      writes.map(({ version }) => version).sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    await reopen();
    for (const [writer, { version }] of writes.entries()) assert.equal(paths.read('race', version).data.writer, writer);
    assert.equal(paths.list(everything).secrets.length, 1);
  }));

test('a read is remembered as the last one', () =>
  inRoom(async ({ paths, clock }) => {
    await paths.write({ path: 'a', data: { v: 1 } }, 'me');
    assert.equal(paths.describe('a').lastReadAtMs, null);
    clock.nowMs += 5_000;
    paths.read('a');
    assert.equal(paths.describe('a').lastReadAtMs, clock.nowMs);
  }));

test('a deleted secret is neither read nor listed, refuses writes, and numbering goes on after restore', () =>
  inRoom(async ({ paths }) => {
    await paths.write({ path: 'a', data: { v: 1 } }, 'me');
    await paths.delete('a', false);
    assert.throws(() => paths.read('a'), refuses('not_found'));
    assert.equal(paths.list(everything).secrets.length, 0);
    assert.equal(paths.list({ ...everything, deleted: true }).secrets.length, 1);
    await assert.rejects(paths.write({ path: 'a', data: { v: 2 } }, 'me'), refuses('already_exists', 'secret_exists'));
    await paths.restore('a');
    await assert.rejects(paths.restore('a'), refuses('already_exists', 'secret_exists'));
    assert.equal((await paths.write({ path: 'a', data: { v: 2 } }, 'me')).version, 2);
  }));

test('a permanent delete takes every value with it, and the path starts anew', () =>
  inRoom(async ({ paths, vault, reopen }) => {
    await paths.write({ path: 'a', data: { v: 1 } }, 'me');
    await paths.write({ path: 'a', data: { v: 2 } }, 'me');
    assert.equal((await paths.delete('a', true)).versions, 2);
    assert.equal(vault.table(valueTable).size, 0);
    await assert.rejects(paths.delete('a', true), refuses('not_found'));
    assert.equal((await paths.write({ path: 'a', data: { v: 3 } }, 'me')).version, 1);
    await reopen();
    assert.deepEqual(paths.read('a').data, { v: 3 });
  }));

test('max_versions drops the oldest values for good', () =>
  inRoom(async ({ paths, vault }) => {
    for (let i = 1; i <= 5; i++) await paths.write({ path: 'a', data: { i }, maxVersions: 3 }, 'me');
    assert.deepEqual(
      paths.versions('a').map(({ version }) => version),
      [5, 4, 3],
    );
    assert.throws(() => paths.read('a', 2), refuses('not_found', 'version_not_found'));
    assert.equal(vault.table(valueTable).size, 3);
  }));

test('an expired value is refused until it is written again, and the duration starts anew', () =>
  inRoom(async ({ paths, clock }) => {
    await paths.write({ path: 'a', data: { v: 1 }, expiresIn: '90d' }, 'me');
    assert.equal(paths.list({ ...everything, expiringWithin: '91d' }).secrets.length, 1);
    assert.equal(paths.list({ ...everything, expiringWithin: '89d' }).secrets.length, 0);
    clock.nowMs += 90 * 86_400_000;
    assert.throws(() => paths.read('a'), refuses('expired'));
    await paths.write({ path: 'a', data: { v: 2 } }, 'me');
    assert.deepEqual(paths.read('a').data, { v: 2 });
    assert.equal(paths.describe('a').expiresAtMs, clock.nowMs + 90 * 86_400_000);
    await paths.write({ path: 'a', data: { v: 3 }, expiresIn: null }, 'me');
    assert.equal(paths.describe('a').expiresAtMs, null);
  }));

test('an end no calendar here can write is refused, and the last day that can is not', () =>
  inRoom(async ({ paths, clock }) => {
    const weeks = Math.floor((Date.UTC(9999, 11, 31) - clock.nowMs) / (7 * 86_400_000));
    for (const expiresIn of ['999999w', `${weeks + 2}w`]) {
      const write = paths.write({ path: 'a', data: {}, expiresIn }, 'me');
      await assert.rejects(write, refuses('invalid_request', 'invalid_duration'), expiresIn);
    }
    assert.throws(() => paths.read('a'), refuses('not_found'));
    const written = await paths.write({ path: 'a', data: {}, expiresIn: `${weeks}w` }, 'me');
    assert.match(new Date(written.expiresAtMs!).toISOString(), /^9999-12-/);
  }));

test('what a write gives replaces what was there, what it leaves out stays', () =>
  inRoom(async ({ paths, clock }) => {
    const metadata = { description: 'of the app', tags: ['x', 'y'], owner: 'me' };
    await paths.write(
      { path: 'a', data: { v: 1, w: 1 }, secretType: 'api_key', metadata, maxVersions: 2, expiresIn: '1d' },
      'me',
    );
    await paths.write({ path: 'a', data: { v: 2 } }, 'me');
    const kept = paths.describe('a');
    assert.deepEqual([kept.metadata, kept.maxVersions, kept.secretType], [metadata, 2, 'api_key']);
    assert.deepEqual(paths.read('a').data, { v: 2 }, 'data is never merged');
    await paths.write({ path: 'a', data: { v: 3 }, metadata: { tags: ['z'] }, secretType: 'kv', maxVersions: 1 }, 'me');
    const given = paths.describe('a');
    assert.deepEqual([given.metadata, given.maxVersions, given.secretType], [{ tags: ['z'] }, 1, 'kv']);
    assert.deepEqual(
      given.versions.map(({ version }) => version),
      [3],
    );
    assert.equal(given.expiresAtMs, clock.nowMs + 86_400_000);
  }));

test('an old version that has ended is refused, and the current one is not', () =>
  inRoom(async ({ paths, clock }) => {
    await paths.write({ path: 'a', data: { v: 1 }, expiresIn: '1d' }, 'me');
    await paths.write({ path: 'a', data: { v: 2 }, expiresIn: null }, 'me');
    clock.nowMs += 86_400_000;
    assert.throws(() => paths.read('a', 1), refuses('expired'));
    assert.deepEqual(paths.read('a').data, { v: 2 });
  }));

test('a conditional write refuses when somebody was quicker, and writes nothing', () =>
  inRoom(async ({ paths }) => {
    await paths.write({ path: 'a', data: { v: 1 }, ifVersion: 0 }, 'me');
    await assert.rejects(paths.write({ path: 'a', data: { v: 9 }, ifVersion: 0 }, 'me'), refuses('version_conflict'));
    await paths.write({ path: 'a', data: { v: 2 }, ifVersion: 1 }, 'me');
    await assert.rejects(paths.write({ path: 'a', data: { v: 9 }, ifVersion: 1 }, 'me'), refuses('version_conflict'));
    assert.deepEqual(paths.read('a').data, { v: 2 });
  }));

test('values over 1 MiB and metadata over 16 KiB are too large', () =>
  inRoom(async ({ paths }) => {
    const big = 'x'.repeat(1024 * 1024);
    await assert.rejects(paths.write({ path: 'a', data: { big } }, 'me'), refuses('too_large'));
    await paths.write({ path: 'a', data: { big: big.slice(100) } }, 'me');
    const note = 'y'.repeat(16 * 1024);
    await assert.rejects(paths.write({ path: 'b', data: {}, metadata: { note } }, 'me'), refuses('too_large'));
    assert.throws(() => paths.read('b'), refuses('not_found'));
  }));

test('the vault makes values itself where it is asked to', () =>
  inRoom(async ({ paths }) => {
    await paths.write({ path: 'a', generate: { p: { generator: 'random', length: 40, charset: 'safe' } } }, 'me');
    const made = paths.read('a').data.p as string;
    assert.match(made, /^[a-zA-Z2-9]{40}$/);
    assert.doesNotMatch(made, /[0O1lI]/);
  }));

test('pages show every path that is there all along exactly once, whatever is written in between', () =>
  inRoom(async ({ paths }) => {
    for (let i = 0; i < 40; i++) await paths.write({ path: `p/${String(i).padStart(3, '0')}`, data: {} }, 'me');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 6 }),
        async (limit, noise) => {
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = paths.list({ ...everything, prefix: 'p/', limit, cursor });
            seen.push(...page.secrets.map(({ path }) => path));
            cursor = page.cursor ?? undefined;
            const between = noise[seen.length % 6];
            if (between !== undefined) {
              const added = `p/${String(between).padStart(3, '0')}-new`;
              await paths.write({ path: added, data: {} }, 'me');
              // Every other time it goes again at once, sometimes the very one the next page begins after.
              const gone = between % 2 === 0 ? added : seen.at(-1)!;
              if (gone.endsWith('-new')) await paths.delete(gone, true);
            }
          } while (cursor !== undefined);
          const steady = seen.filter((path) => !path.endsWith('-new'));
          assert.equal(steady.length, 40);
          assert.equal(new Set(seen).size, seen.length);
          assert.deepEqual(seen, [...seen].sort());
        },
      ),
      { numRuns: 25 },
    );
  }));

test('every cursor that is handed out is taken back, however long the question', () =>
  inRoom(async ({ paths }) => {
    const prefix = `${'p'.repeat(250)}/${'q'.repeat(250)}/`;
    // Of all texts of a tag this one grows most on its way into a cursor.
    const tag = '\u0001'.repeat(128);
    for (const name of ['aaaaaaaaaa', 'bbbbbbbbbb']) {
      await paths.write({ path: `${prefix}${name}`, data: {}, metadata: { tags: [tag] } }, 'me');
    }
    const query = { ...everything, prefix, tag, limit: 1 };
    const first = paths.list(query);
    assert.ok(pathListQuery.safeParse({ cursor: first.cursor }).success, `${first.cursor?.length} characters`);
    const second = paths.list({ ...query, cursor: first.cursor! });
    assert.deepEqual(
      [...first.secrets, ...second.secrets].map(({ path }) => path.at(-1)),
      ['a', 'b'],
    );
  }));

test('a cursor opens only the list it came from, and cannot be made up', () =>
  inRoom(async ({ paths }) => {
    for (const path of ['a/1', 'a/2', 'a/3']) await paths.write({ path, data: {} }, 'me');
    const { cursor } = paths.list({ ...everything, prefix: 'a/', limit: 1 });
    assert.ok(cursor !== null && !Buffer.from(cursor, 'base64url').toString('latin1').includes('a/1'));
    assert.throws(() => paths.list({ ...everything, limit: 1, cursor }), refuses('invalid_request', 'invalid_cursor'));
    for (const forged of ['', 'x', Buffer.from('["",null]').toString('base64url'), `${cursor}AA`]) {
      assert.throws(
        () => paths.list({ ...everything, prefix: 'a/', cursor: forged }),
        refuses('invalid_request', 'invalid_cursor'),
      );
    }
  }));
