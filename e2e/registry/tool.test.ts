import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

// What a contributor does: one file, one command. The files are copies of real ones.

describe('npm run registry', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aivault-registry-'));
    for (const name of ['tavily', 'notion', 'twilio']) {
      await cp(new URL(`../../registry/${name}.json`, import.meta.url), join(folder, `${name}.json`));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const run = () =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const tool = new URL('../../tools/registry.ts', import.meta.url).pathname;
      execFile(process.execPath, [tool, folder], (error, out, err) =>
        resolve({ code: error === null ? 0 : 1, out, err }),
      );
    });
  const change = async (name: string, from: string, to: string) => {
    const file = join(folder, `${name}.json`);
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes(from));
    await writeFile(file, text.replace(from, to));
    return () => writeFile(file, text);
  };

  it('is green for good files and prints one row each', async () => {
    const { code, out } = await run();
    assert.equal(code, 0);
    assert.match(out, /^tavily +search +header +5 /m);
    assert.match(out, /3 providers, \d+ capabilities, 0 findings/);
  });

  it('names the file and the place that does not fit the schema', async () => {
    const undo = await change('notion', '"category": "documents"', '"category": "paper"');
    const { code, err } = await run();
    assert.equal(code, 1);
    assert.match(err, /notion\.json does not fit its schema[\s\S]*at category/);
    await undo();
  });

  it('is red where a capability lets through what belongs to a stronger one', async () => {
    const undo = await change('twilio', '"/2010-04-01/Accounts/{account}/Keys.json",', '');
    const { code, err } = await run();
    assert.equal(code, 1);
    assert.match(err, /twilio\/api: overlap: .*Keys\.json belongs to twilio\/keys \(destructive\)/);
    await undo();
  });
});
