import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AivaultError } from '#contract/errors.ts';
import type { OperatorCall } from '../dispatch.ts';
import type { PathSecrets } from '../paths/path-secrets.ts';
import { type PathHandlersDeps, pathHandlers } from './paths.ts';

// A log that cannot be written, by hand: nothing is changed and nothing leaves (I4).

const operator: OperatorCall = {
  actor: { kind: 'operator', via: 'cli' },
  actorText: 'operator:cli',
  note: () => assert.fail('path secrets write their own entries'),
  prove: async () => 'none',
};
const full = async (): Promise<never> => {
  throw new AivaultError('audit_unavailable', 'The audit log cannot be written, so nothing is done.');
};

function handlers(deps: Pick<PathHandlersDeps, 'audit' | 'begin'>) {
  const done: string[] = [];
  const act = (name: string, answer: object) => () => {
    done.push(name);
    return answer;
  };
  const paths = {
    write: act('write', { path: 'a', version: 1 }),
    read: act('read', { path: 'a', version: 1, data: { k: 'the value' } }),
    list: act('list', { secrets: [], cursor: null, hasMore: false }),
    describe: act('describe', { path: 'a', version: 1 }),
    versions: act('versions', []),
    delete: act('delete', { versions: 1, deletedAtMs: 1 }),
    restore: act('restore', { path: 'a', version: 1 }),
  } as unknown as PathSecrets;
  const rest = {
    cursors: { seal: (text: string) => text, open: (text: string) => text },
    personal: () => assert.fail('the operator has no token'),
    auditReader: async () => [],
    announce: () => {},
  };
  return { done, handle: pathHandlers({ paths, ...deps, ...rest }) };
}

const refused = { code: 'audit_unavailable' };

test('I4 what cannot be announced is not changed', async () => {
  const { done, handle } = handlers({ audit: async () => {}, begin: full });
  await assert.rejects(handle['paths.write']({ path: 'a', data: {} }, operator), refused);
  await assert.rejects(handle['paths.delete']({ path: 'a', permanent: false }, operator), refused);
  await assert.rejects(handle['paths.delete']({ path: 'a', permanent: true }, operator), refused);
  await assert.rejects(handle['paths.restore']({ path: 'a' }, operator), refused);
  assert.deepEqual(done, []);
});

test('I4 a value, a list and facts leave only after their entry is written', async () => {
  const { done, handle } = handlers({ audit: full, begin: full });
  const query = { prefix: '', limit: 1, deleted: false };
  await assert.rejects(handle['paths.read']({ path: 'a' }, operator), refused);
  await assert.rejects(handle['paths.list'](query, operator), refused);
  await assert.rejects(handle['paths.describe']({ path: 'a' }, operator), refused);
  await assert.rejects(handle['paths.versions']({ path: 'a' }, operator), refused);
  assert.deepEqual(done, ['read', 'list', 'describe', 'versions'], 'what was read went nowhere');
});

test('a change is announced with its path before it is made, and closed with its version', async () => {
  const order: unknown[] = [];
  const { done, handle } = handlers({
    audit: () => assert.fail('one entry is enough'),
    begin: async (_asker, kind, facts) => {
      order.push([kind, facts, [...done]]);
      return { close: async (outcome, more) => void order.push([outcome, more, [...done]]) };
    },
  });
  await handle['paths.write']({ path: 'a', data: {} }, operator);
  assert.deepEqual(order, [
    ['path.write', { secretPath: 'a' }, []],
    ['done', { version: 1 }, ['write']],
  ]);
});
