import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnwrappedValue } from './secret-value.ts';
import { withTempVault } from './vault.fixture.ts';

test('an unwrapped value is never older than its row, and none outlives the lock', ({ mock }) =>
  withTempVault(async (temp) => {
    const forgotten = mock.method(UnwrappedValue.prototype, 'forget').mock;
    const { vault, secrets } = await temp.create();
    const read = (id: string): string => {
      const material = secrets.reveal(id);
      const text = material.use((bytes) => Buffer.from(bytes).toString());
      material.wipe();
      return text;
    };
    const [a, b] = await vault.change((tx) =>
      ['A', 'B'].map((name) => {
        const value = Buffer.from(name);
        return secrets.insert(tx, { name, scope: 'global', value, pinnedProvider: null, hosts: [] }).secretId;
      }),
    );
    assert.deepEqual([read(a!), read(b!)], ['A', 'B']);
    const unwrapped = new Set<unknown>();
    for (const [work, value] of [
      ['rotate', 'A2'],
      ['replaceValue', 'A3'],
    ] as const) {
      await vault.change((tx) => secrets[work](tx, a!, Buffer.from(value)));
      assert.deepEqual([read(a!), read(a!), read(b!)], [value, value, 'B']);
    }
    const refused = vault.change((tx) => {
      secrets.replaceValue(tx, a!, Buffer.from('never'));
      throw new Error('refused');
    });
    await assert.rejects(refused, /refused/);
    assert.equal(read(a!), 'A3');
    await vault.rotateMaster({});
    assert.deepEqual([read(a!), read(b!)], ['A3', 'B']);
    await vault.change((tx) => secrets.remove(tx, b!));
    assert.throws(() => read(b!), { code: 'credential_not_found' });
    for (const { this: each } of forgotten.calls) unwrapped.add(each);
    // A, A2, A3 before the refused change and of the old master key, B of it, and B when it was removed.
    assert.equal(unwrapped.size, 6);

    vault.lock();
    for (const { this: each } of forgotten.calls) unwrapped.add(each);
    assert.equal(unwrapped.size, 7);
    for (const each of unwrapped) assert.throws(() => (each as UnwrappedValue).open(), { code: 'integrity_error' });
    assert.throws(() => read(a!), { code: 'vault_locked' });
    await vault.unlock({});
    assert.equal(read(a!), 'A3');
  }));
