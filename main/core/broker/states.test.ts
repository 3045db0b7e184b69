import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('..', import.meta.url));

test('I1 I2 each branded state is made in one place, by its own stage', () => {
  const made = new Map<string, string[]>();
  for (const file of globSync('**/*.ts', { cwd: core }).filter((name) => !name.endsWith('.test.ts'))) {
    for (const match of readFileSync(`${core}/${file}`, 'utf8').matchAll(
      /\bas (?:unknown as )?(Permitted|Planned|Approved|Authorised)\b/g,
    )) {
      made.set(match[1]!, [...(made.get(match[1]!) ?? []), file]);
    }
  }
  assert.deepEqual(Object.fromEntries(made), {
    Permitted: ['broker/stages/enforce-policy.ts'],
    Planned: ['broker/stages/plan-upstream.ts'],
    Approved: ['broker/stages/ask-operator.ts'],
    Authorised: ['broker/stages/inject-auth.ts'],
  });
});
