import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// Many CLIs at once against one vault: nothing is lost, nothing is there twice (G32), only one host is started.

const execute = promisify(execFile);
const program = path.join(
  process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url)),
  'aivault',
);
let folder = '';
const aivault = async (...words: string[]) => {
  const env = { PATH: process.env.PATH, HOME: folder, AIVAULT_DIR: path.join(folder, 'vault') };
  return (await execute(program, words, { env })).stdout;
};
const json = async (...words: string[]) => JSON.parse(await aivault(...words, '--json'));

describe('many CLIs at once', () => {
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'aivault-together-'));
  });
  after(async () => {
    await aivault('shutdown');
    await rm(folder, { recursive: true, force: true });
  });

  test('CLIs that start at once start one host', async () => {
    const pids = await Promise.all(Array.from({ length: 6 }, async () => (await json('status')).pid));
    assert.equal(new Set(pids).size, 1);
    const discovery = JSON.parse(readFileSync(path.join(folder, 'vault', 'run', 'host.json'), 'utf8'));
    assert.equal(discovery.pid, pids[0]);
  });

  test('two CLIs writing at once lose none of their writes', async () => {
    const write = async (who: string) => {
      for (let count = 0; count < 8; count++)
        await aivault('secrets', 'create', '--name', `${who}-${count}`, '--value', 'value-of-it');
    };
    await Promise.all([write('left'), write('right')]);
    const names = (await json('secrets', 'list')).map(({ name }: { name: string }) => name);
    assert.equal(names.length, 16);
    assert.equal(new Set(names).size, 16);
  });

  test('of many that create one name exactly one does, the others are told', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => aivault('secrets', 'create', '--name', 'only-one', '--value', 'value-of-it')),
    );
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const attempt of tries) {
      if (attempt.status === 'rejected') assert.match(attempt.reason.stderr, /error: already_exists: /);
    }
  });

  test('rotations at once each get a version of their own', async () => {
    const { secretId } = (await json('secrets', 'list')).find(({ name }: { name: string }) => name === 'only-one');
    const versions = await Promise.all(
      Array.from(
        { length: 6 },
        async (_, count) =>
          (await json('secrets', 'rotate', '--id', secretId, '--value', `value-${count}-of-it`)).valueVersion,
      ),
    );
    assert.deepEqual(versions.toSorted(), [2, 3, 4, 5, 6, 7]);
  });

  test('S52: a secret that is deleted while it is renamed and rotated stays deleted', async () => {
    const { secretId } = (await json('secrets', 'list')).find(({ name }: { name: string }) => name === 'left-0');
    const attempts = ['x', 'y', 'z'].map((value) =>
      aivault('secrets', 'rotate', '--id', secretId, '--value', `value-${value}-of-it`),
    );
    await Promise.allSettled([
      ...attempts,
      aivault('secrets', 'delete', '--id', secretId),
      aivault('secrets', 'update', '--id', secretId, '--name', 'risen'),
    ]);
    const names = (await json('secrets', 'list')).map(({ name }: { name: string }) => name);
    assert.ok(!names.includes('left-0') && !names.includes('risen'));
    assert.equal((await json('audit', 'verify')).intact, true);
  });
});
