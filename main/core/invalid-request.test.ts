import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { invalidRequest } from './invalid-request.ts';

const form = z.strictObject({
  name: z.string().min(2).max(4),
  ids: z.array(z.string()).max(1),
  ttl: z.int().max(9, 'at most 9 s'),
  pace: z.int().positive().optional(),
  scope: z.strictObject({ workspace_id: z.string().min(1) }).optional(),
});
const said = (input: unknown) => invalidRequest(form.safeParse(input).error!).message;

test('sizes are said in plain words, and nothing of what was sent is repeated', () => {
  assert.equal(said({ name: 'hunter2', ids: [], ttl: 1 }), 'name: at most 4 characters.');
  assert.equal(
    said({ name: 'x', ids: ['hunter2', 'b'], ttl: 10 }),
    'name: at least 2 characters; ids: at most 1 entry; ttl: at most 9 s.',
  );
  assert.equal(said({ name: 'abc', ids: [], ttl: 1, pace: 0 }), 'pace: more than 0.');
  const nowhere = { name: 'abc', ids: [], ttl: 1, scope: { workspace_id: '' } };
  assert.equal(said(nowhere), 'scope.workspace_id: at least 1 character.');
});

test('a field nobody knows is named only where it looks like one', () => {
  assert.match(said({ name: 'abc', ids: [], ttl: 1, nmae: 1 }), /unknown field nmae/);
  assert.doesNotMatch(said({ name: 'abc', ids: [], ttl: 1, 'sk-live-1': 1 }), /sk-live/);
});
