import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryText } from './entry-text.ts';

const sorted = (_key: string, value: unknown) =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

test('an entry’s text is its canonical JSON, whichever fields it has', () => {
  const trace = [
    { stage: 'authenticate', tookMs: 0.123, outcome: 'passed' as const },
    { stage: 'read "request"', tookMs: 1e-7, outcome: 'refused' as const },
  ];
  const entries = [
    { tsMs: 1, kind: 'invoke', actor: 'agent:tok_1', outcome: 'allowed' as const },
    {
      tsMs: 1,
      kind: 'invoke',
      actor: 'agent:tok_1',
      outcome: 'failed' as const,
      trace,
      path: '/v1/"x"',
      status: 200,
      consumer: 'é\n',
    },
    {
      tsMs: 1,
      kind: 'secrets.create',
      actor: 'operator:cli',
      outcome: 'done' as const,
      scope: { group: { workspace_id: 'w', group_id: 'g' } },
      trace: [],
    },
  ];
  for (const entry of entries) assert.equal(entryText(entry), JSON.stringify(entry, sorted));
});
