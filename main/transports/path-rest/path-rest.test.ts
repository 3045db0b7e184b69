import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '#contract/call.ts';
import { AivaultError, type ErrorCode, errorTable } from '#contract/errors.ts';
import { errorEnvelope } from '#contract/rest/path-shapes.ts';
import { createPathRest } from './path-rest.ts';

// The endpoint over questions that are answered by hand: what no real host says on demand.

const requestId = `req_${'0'.repeat(24)}`;

async function read(ask: Ask) {
  const rest = createPathRest({ ask, now: () => 0, requestId: () => requestId, version: '1' });
  const headers = [['Authorization', 'Bearer skt_x']] as const;
  const request = { method: 'GET', target: '/v1/secrets/a', headers, body: async () => new Uint8Array() };
  const { status, headers: given, body } = await rest.answer(request);
  return { status, headers: new Map(given), text: Buffer.from(body).toString() };
}

const refusing =
  (...refusal: ConstructorParameters<typeof AivaultError>): Ask =>
  async () => ({ ok: false, error: new AivaultError(...refusal).toJSON() });

test('every code has its status and the one envelope, with the id of the answer’s own header', async () => {
  const words: Partial<Record<ErrorCode, string>> = {
    token_invalid: 'authentication_required',
    operator_required: 'access_denied',
    policy_violation: 'access_denied',
    not_found: 'secret_not_found',
    already_exists: 'secret_exists',
    audit_unavailable: 'service_unavailable',
    host_busy: 'service_unavailable',
    storage_unavailable: 'service_unavailable',
    internal: 'internal_error',
  };
  const aboutPath = ['policy_violation', 'not_found', 'already_exists', 'version_conflict', 'expired'];
  for (const [code, { status }] of Object.entries(errorTable)) {
    const answer = await read(refusing(code as ErrorCode, 'A sentence.', { hint: 'What to do.' }));
    assert.equal(answer.status, status, code);
    assert.deepEqual(errorEnvelope.parse(JSON.parse(answer.text)), {
      error: {
        code: words[code as ErrorCode] ?? code,
        message: 'A sentence.',
        details: { ...(aboutPath.includes(code) ? { path: 'a' } : {}), hint: 'What to do.' },
        request_id: requestId,
      },
    });
    assert.equal(answer.headers.get('x-request-id'), requestId);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  }
});

test('a finer word goes before the code’s own, and who may come back is told when', async () => {
  const aged = await read(refusing('not_found', 'Gone.', { reason: 'version_not_found' }));
  assert.equal(JSON.parse(aged.text).error.code, 'version_not_found');
  const busy = await read(refusing('rate_limited', 'Later.', { retryAfterSeconds: 7 }));
  assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '7']);
});

test('what breaks inside is 500 and says nothing of itself', async () => {
  const broken = [
    async () => Promise.reject(new Error('SQLITE_CORRUPT at /home/me/.aivault')),
    async () => ({ ok: true, value: null }),
    () => {
      throw new TypeError('sk-secret');
    },
  ] as unknown as Ask[];
  for (const ask of broken) {
    const answer = await read(ask);
    assert.equal(answer.status, 500);
    assert.deepEqual(JSON.parse(answer.text), {
      error: { code: 'internal_error', message: 'The request failed inside.', request_id: requestId },
    });
  }
});
