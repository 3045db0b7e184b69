import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { openRedirectListener } from './redirect-listener.ts';

function get(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, body }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('the listener takes one accepted answer on its exact path and is gone', async () => {
  const seen: string[] = [];
  const listener = await openRedirectListener(
    (parameters) => {
      seen.push(parameters.get('code') ?? '');
      return parameters.get('state') === 'right';
    },
    5000,
    () => assert.fail('expired'),
  );
  const base = new URL(listener.redirectUri);
  assert.equal(base.hostname, '127.0.0.1');
  assert.equal((await get(`${base.origin}/`)).status, 404);
  assert.equal((await get(`${base.origin}/callback/x?state=right`)).status, 404);
  assert.equal((await get(`${listener.redirectUri}?state=right&state=right`)).status, 404);
  assert.equal((await get(`${listener.redirectUri}?state=right`, {}, 'POST')).status, 404);
  assert.equal((await get(`${listener.redirectUri}?state=right`, { host: `evil.example:${base.port}` })).status, 404);
  assert.deepEqual(seen, []);
  assert.equal((await get(`${listener.redirectUri}?state=wrong&code=a`)).status, 400);
  const { status, body } = await get(`${listener.redirectUri}?state=right&code=canary-code`);
  assert.equal(status, 200);
  assert.ok(!body.includes('canary-code'));
  await assert.rejects(get(`${listener.redirectUri}?state=right`));
  assert.deepEqual(seen, ['a', 'canary-code']);
});

test('a listener that nobody comes back to says so and closes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = await openRedirectListener(() => true, 20, resolve);
  const alive = setTimeout(() => {}, 1000);
  await promise;
  clearTimeout(alive);
  await assert.rejects(get(`${listener.redirectUri}?state=x`));
});
