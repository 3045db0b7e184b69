import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '#contract/schemas/scope.ts';
import { contextOf, contextScope, depth, scopeContext, visibleIn } from './context.ts';

const everybody: Context = {};
const shop: Context = { workspaceId: 'shop' };
const agents: Context = { workspaceId: 'shop', groupId: 'agents' };

test('what is everybody’s is visible everywhere; what is narrower only to those inside (C01–C05)', () => {
  const all = [everybody, shop, agents];
  const seen = all.map((owner) => all.map((context) => visibleIn(owner, context)));
  assert.deepEqual(seen, [
    [true, true, true],
    [false, true, true],
    [false, false, true],
  ]);
});

test('a group is another one in another workspace, and ids are compared exactly', () => {
  const strangers: Context[] = [
    { workspaceId: 'office', groupId: 'agents' },
    { workspaceId: 'shop', groupId: 'Agents' },
    { workspaceId: 'shop', groupId: 'agents2' },
  ];
  for (const stranger of strangers) {
    assert.equal(visibleIn(agents, stranger), false);
    assert.equal(visibleIn(stranger, agents), false);
  }
});

test('a group that names no workspace is never taken for everybody’s', () => {
  assert.equal(visibleIn({ groupId: 'agents' }, everybody), false);
  assert.equal(visibleIn({ groupId: 'agents' }, shop), false);
});

test('a context and its scope are the same place', () => {
  for (const context of [everybody, shop, agents]) assert.deepEqual(scopeContext(contextScope(context)), context);
  assert.deepEqual([everybody, shop, agents].map(depth), [0, 1, 2]);
  assert.deepEqual(contextOf({ workspaceId: 'shop', groupId: null }), shop);
  assert.deepEqual(contextOf({}), everybody);
});
