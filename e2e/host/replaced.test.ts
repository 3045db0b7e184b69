import assert from 'node:assert/strict';
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { builtHost, startTestHost } from '../test-host.ts';

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
  const upstream = await startFakeUpstream({ names: ['up.test'] });
  const host = await startTestHost({
    program: join(program, 'aivaultd.mjs'),
    environment: {
      AIVAULT_DEV_RESOLVE: upstream.resolve('up.test'),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    },
  });
  try {
    const { secret } = await host.call('secrets.create', { name: 'K', value: 'some-value-01' });
    await host.call('credentials.create', {
      id: 'c1',
      provider: 'p1',
      secretRef: `vault:secret:${secret.secretId}`,
      auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
      hosts: ['up.test'],
    });
    await host.call('capabilities.create', { id: 'p1/all', provider: 'p1', methods: ['GET'], paths: ['/v1/**'] });
    const { token } = await host.call('tokens.mint', { capabilities: ['p1/all'] });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    beneathIt?.(program);
    await check(() => fetch(`${host.baseUrl}/v/p1/v1/users`, { headers: { authorization: `Bearer ${token}` } }));
  } finally {
    await host.close();
    await upstream.close();
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
