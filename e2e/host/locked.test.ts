import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Result } from '#contract/errors.ts';
import { isOperationName, type OperationName, operations } from '#contract/operations.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Locked means locked, through the doors of a real host: the control socket, the browser console, the endpoint. The
// window's channel (e2e/desktop/ipc.test.ts), commands (e2e/cli/lifecycle.txt) and path secrets (e2e/paths) have their own.

const passphrase = 'correct horse battery';
const all = Object.keys(operations).filter(isOperationName);
/** Which rows a locked vault answers is pinned by name in main/core/operations/vault.test.ts. */
const refused = all.filter((name) => operations[name].vault !== 'any');
/** Of those that answer, what changes nothing here. */
const harmless: readonly OperationName[] = ['vault.status'];

describe('I10 a locked vault, door by door', () => {
  let host: TestHost;
  before(async () => {
    host = await startTestHost();
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
    await host.call('secrets.create', { name: 'OPENAI_API_KEY', value: 'CANARY-sk-0123456789abcdefghijklmn' });
  });
  after(() => host?.close());

  const codeOf = (answer: Result<unknown>) => (answer.ok ? 'ok' : answer.error.error);

  test('the control socket refuses every operation but the three, and says what to do', async () => {
    await host.call('vault.lock', {});
    for (const name of refused) {
      const answer = await host.client.call(name, {} as never);
      assert.equal(codeOf(answer), 'vault_locked', name);
      assert.match(answer.ok ? '' : (answer.error.hint ?? ''), /aivault unlock/, name);
    }
    for (const name of harmless) assert.equal(codeOf(await host.client.call(name, {})), 'ok', name);
  });

  test('a console that was open before lets its pages do nothing but look at the state and unlock', async () => {
    await host.call('vault.unlock', { passphrase });
    const { baseUrl, redirectFile } = await host.call('console.open', {});
    await host.call('vault.lock', {});
    const code = /#code=([^"]+)"/.exec(readFileSync(redirectFile, 'utf8'))?.[1];
    const post = async (path: string, body: unknown, session?: string): Promise<unknown> => {
      const headers = { origin: baseUrl, 'content-type': 'application/json' };
      const answer = await fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: session === undefined ? headers : { ...headers, 'aivault-session': session },
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    const { session } = (await post('/session', { code })) as { session: string };
    const ask = async (name: string, input: unknown) =>
      (await post(`/call/${name}`, { input }, session)) as Result<{ state: string }>;
    for (const name of all) {
      if (name === 'vault.status' || name === 'vault.unlock') continue;
      const answer = await ask(name, {});
      assert.equal(codeOf(answer), 'vault_locked', name);
      assert.match(answer.ok ? '' : (answer.error.hint ?? ''), /[Uu]nlock/, name);
    }
    const status = await ask('vault.status', {});
    assert.equal(status.ok && status.value.state, 'locked');
    const opened = await ask('vault.unlock', { passphrase });
    assert.equal(opened.ok && opened.value.state, 'unlocked');
    assert.equal(codeOf(await ask('settings.show', {})), 'ok');
  });

  test('a token gets 423 with the code, at both doors', async () => {
    const { token } = await host.call('tokens.mint', { capabilities: ['openai/models'] });
    await host.call('vault.lock', {});
    for (const [method, path] of [
      ['POST', '/aivault/proxy'],
      ['GET', '/v/openai/v1/models'],
    ] as const) {
      const answer = await fetch(`${host.baseUrl}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 423, path);
      assert.match(await answer.text(), /vault_locked/, path);
    }
  });
});
