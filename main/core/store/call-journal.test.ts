import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CallJournal } from './call-journal.ts';
import { openAuditStore } from './database.ts';

const root = mkdtempSync(join(tmpdir(), 'aivault-journal-'));
after(() => rmSync(root, { recursive: true }));
let files = 0;
const freshFile = (): string => join(root, `calls-${++files}`);
const call = (id: string) => ({ id, tsMs: 1, body: `{"id":"${id}"}` });

test('I4 a call announced before kill -9 is still announced afterwards', () => {
  const file = freshFile();
  const program = `
    import { CallJournal } from ${JSON.stringify(new URL('./call-journal.ts', import.meta.url).href)};
    const journal = new CallJournal(${JSON.stringify(file)});
    for (let i = 0; i < 100; i++) journal.open({ id: 'c' + i, tsMs: i, body: '{}' });
    process.kill(process.pid, 'SIGKILL');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(run.signal, 'SIGKILL', run.stderr);
  const journal = new CallJournal(file);
  assert.equal(journal.calls().length, 100);
  journal.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('half a line is nobody’s call and does not swallow the next one', () => {
  const file = freshFile();
  const first = new CallJournal(file);
  first.open(call('a'));
  first.close();
  appendFileSync(file, '{"id":"torn","tsMs":1,"bo');
  const second = new CallJournal(file);
  second.open(call('b'));
  second.close();
  const third = new CallJournal(file);
  assert.deepEqual(
    third.calls().map(({ id }) => id),
    ['a', 'b'],
  );
  third.close();
});

test('made anew it holds what is open and nothing else', () => {
  const file = freshFile();
  const journal = new CallJournal(file);
  for (const id of ['a', 'b', 'c']) journal.open(call(id));
  journal.closed('b');
  assert.deepEqual(journal.renew(), ['a', 'c']);
  journal.open(call('d'));
  assert.deepEqual(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['a', 'c', 'd'],
  );
  journal.close();
});

test('an entry that closes a call of an earlier host leaves nothing open, even if only the database knows', async () => {
  const file = join(root, 'audit.db');
  const entry = { tsMs: 2, body: '{}', kind: 'invoke', actor: 'host', outcome: 'allowed' };
  const first = await openAuditStore(file);
  await first.openCall('a', 1, 'A');
  await first.openCall('b', 1, 'B');
  await first.closeCall('a', entry);
  await first.close();
  const second = await openAuditStore(file);
  assert.deepEqual(await second.leftOpen(), [{ id: 'b', tsMs: 1, body: 'B' }]);
  await second.closeCall('b', entry);
  assert.deepEqual(await second.leftOpen(), []);
  await second.close();
});

test('a closed journal writes nothing, least of all into the file that has its number now', () => {
  const journal = new CallJournal(freshFile());
  journal.close();
  const other = freshFile();
  const next = openSync(other, 'a');
  assert.throws(() => journal.open(call('late')), /closed/);
  assert.throws(() => journal.renew(), /closed/);
  journal.close();
  closeSync(next);
  assert.equal(readFileSync(other, 'utf8'), '');
});
