import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestHost, type TestHost } from '../test-host.ts';

async function put(
  host: TestHost,
  token: string,
  path: string,
  data: object,
): Promise<{ status: number; version: number }> {
  const answer = await fetch(`${host.baseUrl}/v1/secrets/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    // More than one test writes, so that a version that is missing was lost and not aged out.
    body: JSON.stringify({ data, options: { max_versions: 1000 } }),
  });
  return { status: answer.status, version: ((await answer.json()) as { version: number }).version };
}

test('kill -9 while four writers write loses no acknowledged version', async () => {
  let host = await startTestHost();
  const { token } = await host.call('tokens.createPersonal', { name: 'w', scopes: ['secrets:read', 'secrets:write'] });
  const { folder } = host;
  try {
    for (let round = 0; round < 3; round++) {
      const acknowledged: { path: string; version: number; stamp: string }[] = [];
      const write = async (writer: number): Promise<void> => {
        for (let i = 0; ; i++) {
          const stamp = `${round}-${writer}-${i}`;
          const path = `kill/p${i % 3}`;
          const written = await put(host, token, path, { stamp }).catch(() => null);
          if (written === null) return;
          assert.equal(written.status, 200);
          acknowledged.push({ path, version: written.version, stamp });
        }
      };
      const writers = [0, 1, 2, 3].map(write);
      await new Promise((resolve) => setTimeout(resolve, 150 + 130 * round));
      await host.kill9();
      await Promise.all(writers);
      await host.client.close();
      assert.ok(acknowledged.length > 0);

      host = await startTestHost({ folder });
      for (const { path, version, stamp } of acknowledged) {
        const answer = await fetch(`${host.baseUrl}/v1/secrets/${path}?version=${version}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const json = (await answer.json()) as { data?: { stamp: string } };
        assert.equal(json.data?.stamp, stamp, `${path} version ${version}`);
      }
      const numbers = acknowledged.map(({ path, version }) => `${path}@${version}`);
      assert.equal(new Set(numbers).size, numbers.length, 'no number was given twice');
    }
    const { intact } = await host.call('audit.verify', {});
    assert.equal(intact, true);
  } finally {
    await host.close({ keep: true }).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a locked vault answers 423 and says nothing of what it holds', async () => {
  const host = await startTestHost();
  try {
    const passphrase = 'correct horse battery staple';
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
    const { token } = await host.call(
      'tokens.createPersonal',
      { name: 'r', scopes: ['secrets:read', 'secrets:write'] },
      { passphrase },
    );
    assert.equal((await put(host, token, 'a/b', { v: 1 })).status, 200);
    await host.call('vault.lock', {});
    for (const path of ['a/b', 'no/such']) {
      const answer = await fetch(`${host.baseUrl}/v1/secrets/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { error } = (await answer.json()) as { error: { code: string } };
      assert.deepEqual([answer.status, error.code], [423, 'vault_locked']);
    }
    await host.call('vault.unlock', { passphrase });
    const answer = await fetch(`${host.baseUrl}/v1/secrets/a/b`, { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(((await answer.json()) as { data: unknown }).data, { v: 1 });
  } finally {
    await host.close();
  }
});

test('neither paths nor values stand on disk in the clear', async () => {
  const host = await startTestHost();
  try {
    const { token } = await host.call('tokens.createPersonal', {
      name: 'c',
      scopes: ['secrets:read', 'secrets:write'],
    });
    const canary = 'CANARY-4f1c7a-value';
    await put(host, token, 'canary/unlisted-path', { value: canary });
    await fetch(`${host.baseUrl}/v1/secrets/canary/unlisted-path`, { headers: { authorization: `Bearer ${token}` } });
    await host.kill9();
    const files = (await readdir(host.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length >= 4);
    for (const entry of files) {
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const text of [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex'), token]) {
        assert.equal(bytes.includes(text), false, `${entry.name} holds ${text}`);
      }
      // The audit log names paths on purpose; the vault does not.
      if (!entry.name.startsWith('audit.db')) assert.equal(bytes.includes('unlisted-path'), false, entry.name);
    }
    assert.equal(host.output().includes(canary), false);
  } finally {
    await host.close();
  }
});
