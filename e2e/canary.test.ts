import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CanarySweep, canaryForms } from './canary.ts';

// A sweep that cannot fail proves nothing: each form must be found, and named.

const secret = '???>>>/Zp+"é\\2mX-hN4v9Wc=kT8';

function formFoundIn(text: string | Buffer): string | undefined {
  const sweep = new CanarySweep([secret]);
  sweep.bytes('here', text);
  return sweep.hits[0]?.form;
}

test('a secret is found raw, reversed, in every encoding and behind its schemes', () => {
  const bytes = Buffer.from(secret);
  const cases: [string | Buffer, RegExp][] = [
    [`x${secret}y`, /^raw$/],
    [[...secret].reverse().join(''), /^reversed$/],
    [Buffer.from(`${secret}:p`).toString('base64'), /^base64 at offset 0$/],
    [Buffer.from(`u${secret}`).toString('base64'), /^base64 at offset 1$/],
    [`Basic ${Buffer.from(`u:${secret}`).toString('base64')}`, /^base64 at offset 2$/],
    [bytes.toString('base64url'), /^base64url at offset 0$/],
    [bytes.toString('hex'), /^hex$/],
    [bytes.toString('hex').toUpperCase(), /^upper-case hex$/],
    [encodeURIComponent(secret), /^percent-encoded$/],
    [JSON.stringify({ secret }), /^JSON-escaped$/],
    [Buffer.from(secret, 'utf16le'), /^UTF-16$/],
    [`Bearer ${secret}`, /^raw$/],
  ];
  for (const [text, expected] of cases) assert.match(formFoundIn(text) ?? 'nothing', expected);
});

test('halves are found too, so a cut secret does not slip through', () => {
  const middle = Math.ceil(Buffer.byteLength(secret) / 2);
  const bytes = Buffer.from(secret);
  assert.match(formFoundIn(bytes.subarray(0, middle)) ?? '', /^first half, raw$/);
  assert.match(formFoundIn(bytes.subarray(middle).toString('hex')) ?? '', /^second half, hex$/);
});

test('pieces too short to mean anything are not looked for', () => {
  assert.ok(canaryForms(secret).every(({ bytes }) => bytes.length >= 8));
  assert.ok(canaryForms('short-one').every(({ name }) => !name.includes('half, raw')));
});

test('innocent bytes are clean, and a sweep of nothing is an error', () => {
  const sweep = new CanarySweep([secret]);
  assert.throws(() => sweep.assertClean(), /searched nothing/);
  sweep.bytes('here', Buffer.alloc(100_000, 'q7/Zp+'));
  sweep.assertClean();
  assert.equal(sweep.searched.get('here'), 100_000);
});

test('files of a folder are searched, hidden and nested ones too, and the hit says which', () => {
  const folder = mkdtempSync(join(tmpdir(), 'canary-'));
  try {
    mkdirSync(join(folder, '.hidden'));
    writeFileSync(join(folder, 'clean'), 'nothing');
    writeFileSync(join(folder, '.hidden', 'log'), `x ${secret}`);
    const sweep = new CanarySweep([secret]);
    sweep.folder('vault', folder);
    assert.deepEqual(sweep.hits[0], { where: 'vault: .hidden/log', form: 'raw', at: 2 });
    assert.throws(() => sweep.assertClean(), /A canary is in vault: \.hidden\/log: raw, at byte 2/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('arguments and environment of other processes are seen while they run', async () => {
  const plain = 'V7kQ2mXzhN4v9WcRkT8pLd3sYb6f';
  for (const where of ['cmdline', 'environ']) {
    const sweep = new CanarySweep([plain]);
    const stop = sweep.watchProcesses(5);
    const words = where === 'cmdline' ? ['-c', 'sleep 0.3', plain] : ['-c', 'sleep 0.3'];
    const child = spawn('sh', words, { env: { ...process.env, ...(where === 'environ' ? { KEY: plain } : {}) } });
    await once(child, 'exit');
    stop();
    assert.match(sweep.hits[0]?.where ?? 'nowhere', new RegExp(`any process: ${where}`));
  }
});
