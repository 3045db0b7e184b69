import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenRequest } from '../open-request.ts';
import type { Approvals } from '../ports.ts';
import type { Planned } from '../states.ts';
import { askOperator } from './ask-operator.ts';

/** What breaks when it is touched at all. */
const untouched = new Proxy(
  {},
  {
    get(_nothing, name) {
      throw new Error(`${String(name)} was looked at`);
    },
  },
);
const planned = (askOperator: boolean) => ({ capability: { policy: { askOperator } } }) as unknown as Planned;

test('a capability that asks nobody costs one look at its policy: no promise, no copy, no question', () => {
  const request = planned(false);
  assert.equal(askOperator(request, untouched as unknown as Approvals, untouched as OpenRequest), request);
});

test('a capability that asks is refused where nobody can be asked', () => {
  assert.throws(() => askOperator(planned(true), undefined, untouched as OpenRequest), { code: 'approval_refused' });
});
