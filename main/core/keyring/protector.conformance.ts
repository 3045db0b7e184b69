import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64, toHex } from '../crypto/bytes.ts';
import { systemRandom } from '../crypto/random.ts';
import type { Anchor, Protector, UnlockInput } from './protector.ts';

/** One protector under examination. */
export interface ProtectorCase {
  /** Makes new keys. */
  readonly wrapping: () => Protector;
  /** As a later process would make it, knowing only where things are. */
  readonly later: () => Protector;
  readonly input: UnlockInput;
  /** Whether `discard` takes the key itself away, or there is none of ours to take. */
  readonly keepsKey: boolean;
}

const anchor: Anchor = {
  vaultId: '2a1f3f0e-5d3c-4c57-9c54-111111111111',
  generation: 7,
  root: 'ab'.repeat(32),
  auditSeq: 3,
  auditHash: 'cd'.repeat(32),
};

/** The exam every protector sits. `prepare` gives a fresh place each time and cleans it up itself. */
export function protectorConformance(name: string, prepare: () => Promise<ProtectorCase>): void {
  test(`${name}: a later process opens what was wrapped`, async () => {
    const { wrapping, later, input } = await prepare();
    const vaultKey = systemRandom(32);
    const wrapped = await wrapping().wrap(vaultKey);
    const throughDisk = JSON.parse(JSON.stringify(wrapped));
    assert.deepEqual(await later().unwrap(throughDisk, input), vaultKey);
  });

  test(`${name}: what goes into the header holds no key`, async () => {
    const { wrapping, input } = await prepare();
    const vaultKey = systemRandom(32);
    const wrapped = await wrapping().wrap(vaultKey);
    const text = JSON.stringify(wrapped);
    const hidden = [toBase64(vaultKey), toHex(vaultKey), ...(input.passphrase ? [input.passphrase] : [])];
    for (const secret of hidden) assert.ok(!text.includes(secret));
  });

  test(`${name}: a second wrap leaves the first one usable until it is discarded`, async () => {
    const { wrapping, later, input, keepsKey } = await prepare();
    const keys = [systemRandom(32), systemRandom(32)] as const;
    const first = await wrapping().wrap(keys[0]);
    const second = await wrapping().wrap(keys[1]);
    assert.deepEqual(await later().unwrap(first, input), keys[0]);
    assert.deepEqual(await later().unwrap(second, input), keys[1]);
    if (keepsKey) assert.notDeepEqual(first.parameters, second.parameters);
    await later().discard(first);
    await later().discard(first);
    assert.deepEqual(await later().unwrap(second, input), keys[1]);
    if (keepsKey) await assert.rejects(later().unwrap(first, input), { code: 'vault_locked' });
  });

  test(`${name}: an edited header opens nothing`, async () => {
    const { wrapping, later, input } = await prepare();
    const wrapped = await wrapping().wrap(systemRandom(32));
    const bytes = Buffer.from(wrapped.wrapped, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    const edits = [
      { ...wrapped, wrapped: bytes.toString('base64') },
      { ...wrapped, wrapped: '' },
      { ...wrapped, wrapped: '*' },
      { ...wrapped, parameters: { ...wrapped.parameters, more: 1 } },
      { ...wrapped, parameters: {} },
    ];
    for (const edited of edits) {
      const refused = (error: { code?: string }): boolean =>
        ['integrity_error', 'vault_locked'].includes(error.code ?? '');
      await assert.rejects(later().unwrap(edited, input), refused, JSON.stringify(edited));
    }
  });

  test(`${name}: the anchor is nothing at first, then what was last written, one for each wrapped key`, async () => {
    const { wrapping, later } = await prepare();
    const first = await wrapping().wrap(systemRandom(32));
    const second = await wrapping().wrap(systemRandom(32));
    assert.equal(await later().readAnchor(first), null);
    await later().writeAnchor(first, anchor);
    await later().writeAnchor(first, { ...anchor, generation: 8 });
    assert.deepEqual(await later().readAnchor(first), { ...anchor, generation: 8 });
    assert.equal((await later().readAnchor(second))?.generation, undefined);
    await later().discard(first);
    assert.equal(await later().readAnchor(first), null);
  });
}
