import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CallJournal } from './call-journal.ts';
import { OpeningQueue } from './opening-queue.ts';

const root = mkdtempSync(join(tmpdir(), 'aivault-openings-'));
after(() => rmSync(root, { recursive: true }));
let files = 0;
const call = (id: string) => ({ id, tsMs: 1, body: '{}' });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function start() {
  const file = join(root, `calls-${++files}`);
  const journal = new CallJournal(file);
  const ids = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ')[0]);
  return { journal, openings: new OpeningQueue(journal), ids };
}

test('I4 a call is on disk when its promise resolves, whether it came alone or among many', async () => {
  const { journal, openings, ids } = start();
  await openings.add(call('alone'));
  assert.deepEqual(ids(), ['alone']);
  for (const turn of ['x', 'y', 'z']) {
    const names = [0, 1, 2, 3].map((n) => `${turn}${n}`);
    const missing: string[] = [];
    await Promise.all(
      names.map(async (id) => {
        await openings.add(call(id));
        if (!ids().includes(id)) missing.push(id);
      }),
    );
    assert.deepEqual(missing, []);
    await nextTurn();
  }
  journal.close();
});

test('I4 where the write of a turn fails every call of it is refused, and those of the next are not', async () => {
  const { journal, openings, ids } = start();
  const { open } = journal;
  for (const id of ['a', 'b']) void openings.add(call(id));
  await nextTurn();
  journal.open = () => {
    throw new Error('full');
  };
  const refused = ['c', 'd', 'e'].map((id) => openings.add(call(id)));
  const results = await Promise.allSettled(refused);
  assert.ok(results.every((result) => result.status === 'rejected' && result.reason.code === 'audit_unavailable'));
  journal.open = open;
  await Promise.all(['c', 'f'].map((id) => openings.add(call(id))));
  assert.deepEqual(ids().sort(), ['a', 'b', 'c', 'f']);
  journal.close();
});

test('a call is announced once, also within one turn, and never as two lines', async () => {
  const { journal, openings, ids } = start();
  const results = await Promise.allSettled([
    openings.add(call('a')),
    openings.add(call('a')),
    openings.add(call('b')),
    openings.add(call('b')),
    openings.add({ ...call('c'), body: '{}\nd 1 {}' }),
    openings.add(call('c d')),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'rejected'],
  );
  assert.deepEqual(ids(), ['a', 'b']);
  journal.close();
});
