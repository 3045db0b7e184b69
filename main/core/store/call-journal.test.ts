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
  const entry = { tsMs: 2, kind: 'invoke', actor: 'host', outcome: 'allowed' } as const;
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

/** Runs a program for which no file may grow past 1 to 2 KiB: shells count in blocks of 512 or 1024 bytes. */
function onFullDisk(file: string, program: string): string {
  const head = `
    import { closeSync, existsSync, openSync } from 'node:fs';
    import { CallJournal } from ${JSON.stringify(new URL('./call-journal.ts', import.meta.url).href)};
    process.on('SIGXFSZ', () => {});
    const file = ${JSON.stringify(file)};
    const journal = new CallJournal(file);
    const call = (id) => ({ id, tsMs: 1, body: 'x'.repeat(300) });`;
  const limited = ['-c', 'ulimit -f 2 && exec "$0" --input-type=module -e "$1"', process.execPath, head + program];
  const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
  return stdout + stderr;
}

function idsIn(file: string): string[] {
  const journal = new CallJournal(file);
  journal.close();
  return journal.calls().map(({ id }) => id);
}

test('of calls that do not fit together none stays: what was refused is not found open later', () => {
  const file = freshFile();
  const said = onFullDisk(
    file,
    `
    journal.open(call('a'));
    try {
      journal.open(...Array.from({ length: 10 }, (_, n) => call('refused-' + n)));
    } catch {
      journal.open(call('b'));
      console.log('refused');
    }`,
  );
  assert.equal(said, 'refused\n');
  assert.deepEqual(idsIn(file), ['a', 'b']);
});

test('a journal that cannot be made anew leaves nothing behind and goes on', () => {
  const file = freshFile();
  const ids = Array.from({ length: 10 }, (_, n) => `c${n}`);
  const before = new CallJournal(file);
  before.open(...ids.map((id) => ({ ...call(id), body: 'x'.repeat(300) })));
  before.close();
  const said = onFullDisk(
    file,
    `
    const lowest = () => {
      const descriptor = openSync(file, 'r');
      closeSync(descriptor);
      return descriptor;
    };
    const before = lowest();
    try {
      journal.renew();
    } catch {
      console.log(lowest() - before, existsSync(file + '.new'));
    }`,
  );
  assert.equal(said, '0 false\n');
  assert.deepEqual(idsIn(file), ids);
});
