import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entryText, type Unnumbered } from '#contract/entry-text.ts';
import { auditEntry } from '#contract/schemas/audit.ts';
import { ClosingsPacker, unpackClosings } from './packed-closings.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '__proto__', 'constructor', '\0'),
);
const number = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }).map((each) => each + 0),
);
const step = fc.record({
  stage: text,
  tookMs: number,
  outcome: fc.constantFrom('passed' as const, 'refused' as const),
});
const scope = fc.oneof(
  fc.constant('global' as const),
  fc.record({ group: fc.record({ group_id: text, workspace_id: text }) }),
);
/** Any entry: every field of the schema, as the kind of value it holds. */
const byField = Object.keys(auditEntry.omit({ seq: true }).shape).map((field) => {
  if (field === 'trace') return [field, fc.array(step, { maxLength: 12 })] as const;
  if (field === 'scope') return [field, scope] as const;
  const isNumber = auditEntry.shape[field as 'status'].safeParse(7).success;
  return [field, isNumber ? number : text] as const;
});
const entries = fc.record(Object.fromEntries(byField) as Record<string, fc.Arbitrary<unknown>>, {
  requiredKeys: ['tsMs', 'kind', 'actor', 'outcome'],
}) as unknown as fc.Arbitrary<Unnumbered>;

test('an entry that was packed reads as the entry itself does, whichever fields it has and whoever stands beside it', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 40 }), (list) => {
      const packer = new ClosingsPacker();
      for (const [n, entry] of list.entries()) packer.add(`call-${n}`, entry);
      const read = [...unpackClosings(structuredClone(packer.packed()))];
      assert.deepEqual(
        read.map(({ body }) => body),
        list.map(entryText),
      );
      assert.deepEqual(
        read.map(({ body: _, ...columns }) => columns),
        list.map(({ tsMs, kind, actor, outcome, capability, credential }) => ({
          tsMs,
          kind,
          actor,
          outcome,
          capability,
          credential,
        })),
      );
      assert.deepEqual(
        packer.calls,
        list.map((_, n) => `call-${n}`),
      );
    }),
    { numRuns: 200 },
  );
});
