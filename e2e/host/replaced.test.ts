import assert from 'node:assert/strict';
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHostFixture } from '../broker/host-fixture.ts';
import { missing } from '../needs.ts';
import { builtHost } from '../test-host.ts';

// An update puts other files where a host's program was, and the host goes on until somebody restarts it.

/** `beforeIt` and `beneathIt` get the folder of the program, before the host starts and once it has had its time. */
async function onProgram(
  { beforeIt, beneathIt }: Partial<Record<'beforeIt' | 'beneathIt', (program: string) => void>>,
  check: (call: () => Promise<Response>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-replaced-'));
  const program = join(folder, 'dist');
  cpSync(join(builtHost, '..'), program, { recursive: true });
  beforeIt?.(program);
  const fixture = await startHostFixture({ program: join(program, 'aivaultd.mjs') });
  try {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    beneathIt?.(program);
    await check(() => fixture.ask('/v/p1/v1/users'));
  } finally {
    await fixture.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const skip = missing('openssl');

test('a host whose program was replaced beneath it goes on calling', { skip }, () =>
  onProgram({ beneathIt: (program) => rmSync(program, { recursive: true }) }, async (call) => {
    assert.equal((await call()).status, 200);
  }),
);

test('replaced before it had loaded everything, it says so and what to do', { skip }, () => {
  const withoutClient = (program: string): void => {
    const parts = globSync('host/undici-*.mjs', { cwd: program });
    assert.equal(parts.length, 1);
    for (const part of parts) rmSync(join(program, part));
  };
  return onProgram({ beforeIt: withoutClient }, async (call) => {
    const answer = await call();
    assert.equal(answer.headers.get('aivault-error'), 'contract_mismatch');
    assert.match(await answer.text(), /was replaced/);
  });
});
