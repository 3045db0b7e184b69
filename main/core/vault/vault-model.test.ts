import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../crypto/random.ts';
import { type MemoryKeys, memoryProtector } from '../keyring/memory-protector.fixture.ts';
import { memoryRowStore } from '../store/memory-store.fixture.ts';
import { lazyNotes, notes } from './notes-table.fixture.ts';
import type { Vault } from './ports.ts';
import { createVault } from './vault.ts';

// A vault against the plainest model there is, a Map, over any sequence of what can happen to it.

type Step =
  | { readonly do: 'put' | 'remove'; readonly lazy: boolean; readonly id: string; readonly text: string }
  | { readonly do: 'fail' | 'lock' | 'restart' | 'rotate' };

const change = fc.record({
  do: fc.constantFrom('put' as const, 'remove' as const),
  lazy: fc.boolean(),
  id: fc.constantFrom('a', 'b', 'c', 'd', '__proto__', ''),
  text: fc.string({ maxLength: 20 }),
});
const event = fc.record({
  do: fc.constantFrom('fail' as const, 'lock' as const, 'restart' as const, 'rotate' as const),
});
const steps = fc.array(fc.oneof({ weight: 5, arbitrary: change }, { weight: 1, arbitrary: event }), { maxLength: 40 });

const specOf = (lazy: boolean) => (lazy ? lazyNotes : notes);
const keyOf = (lazy: boolean, id: string): string => `${specOf(lazy).name}\n${id}`;

test('whatever is done to a vault, it holds what a Map would hold, and nothing is damaged', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const store = memoryRowStore();
      const protector = memoryProtector({ keys: new Map(), anchors: new Map() } satisfies MemoryKeys, systemRandom);
      const open = (): Promise<Vault> =>
        createVault(
          {
            store,
            defaultKeyFile: '',
            stateFolder: '',
            environment: {},
            now: () => 0,
            randomBytes: systemRandom,
            tables: [lazyNotes],
          },
          { of: () => protector, chosen: () => protector },
        );
      let vault = await open();
      await vault.init({ provider: 'file' }, { development: false });
      const model = new Map<string, string>();
      for (const step of list) vault = await taken(step, vault, open, model);
      await vault.flushAnchor();
      vault = await open();
      await vault.unlock({});
      assert.deepEqual(vault.facts().damaged, []);
      for (const lazy of [false, true]) {
        const held = [...vault.table(specOf(lazy)).entries()].map(([id, row]) => [keyOf(lazy, id), row.text] as const);
        const wanted = [...model].filter(([key]) => key.startsWith(`${specOf(lazy).name}\n`));
        assert.deepEqual(new Map(held), new Map(wanted));
        assert.equal(held.length, wanted.length);
      }
      await vault.close();
    }),
    { numRuns: 40 },
  );
});

async function taken(step: Step, vault: Vault, open: () => Promise<Vault>, model: Map<string, string>): Promise<Vault> {
  switch (step.do) {
    case 'put':
      await vault.change((tx) => tx.put(specOf(step.lazy), step.id, { text: step.text }));
      model.set(keyOf(step.lazy, step.id), step.text);
      return vault;
    case 'remove':
      await vault.change((tx) => tx.remove(specOf(step.lazy), step.id));
      model.delete(keyOf(step.lazy, step.id));
      return vault;
    case 'fail':
      await assert.rejects(
        vault.change((tx) => {
          tx.put(notes, 'a', { text: 'never' });
          throw new Error('taken back');
        }),
      );
      return vault;
    case 'lock':
      vault.lock();
      await vault.unlock({});
      return vault;
    case 'rotate':
      await vault.rotateMaster({});
      return vault;
    case 'restart': {
      await vault.close();
      const next = await open();
      await next.unlock({});
      return next;
    }
  }
}
