import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { openTestCore, type TestCore } from '../core.fixture.ts';

// In a suite of its own: hooks at the top of a file would run for every file of the process.
describe('settings', () => {
  let core: TestCore;
  afterEach(() => core?.close());
  const passphrase = 'correct horse battery';

  test('are kept through a restart, each where it belongs', async () => {
    core = await openTestCore();
    await core.ask('settings.set', {
      idleLockMinutes: 7,
      pathRequestsPerMinute: 9,
      appearance: 'dark',
      endpointPort: 20_123,
    });
    await core.ask('settings.setProxy', { upstreamProxy: 'http://proxy.example:3128' });
    const chosen = await core.ask('settings.show', {});
    await core.reopen();
    assert.deepEqual(await core.ask('settings.show', {}), chosen);
    assert.equal(core.core.endpointPort(), 20_123, 'known before anybody has unlocked');
    assert.deepEqual([chosen.idleLockMinutes, chosen.pathRequestsPerMinute, chosen.appearance], [7, 9, 'dark']);
  });

  test('F4 what counts in an open vault is not taken from a file that any program of this user could write', async () => {
    core = await openTestCore({ choice: { provider: 'passphrase', passphrase } });
    await core.ask('settings.set', { idleLockMinutes: 5 });
    await core.reopen();
    const forged = { idleLockMinutes: null, upstreamProxy: 'http://evil.example:1', pathRequestsPerMinute: null };
    writeFileSync(path.join(core.folder, 'state', 'settings.json'), JSON.stringify({ ...forged, appearance: 'light' }));
    await core.reopen();
    await core.ask('vault.unlock', { passphrase });
    const { idleLockMinutes, upstreamProxy, appearance } = await core.ask('settings.show', {});
    assert.deepEqual([idleLockMinutes, upstreamProxy, appearance], [5, 'none', 'light']);
  });

  test('the usual idle lock follows the key provider', async () => {
    core = await openTestCore();
    assert.equal((await core.ask('settings.show', {})).idleLockMinutes, null);
    await core.ask('vault.rotateMaster', { choice: { provider: 'passphrase', passphrase } });
    assert.equal((await core.ask('settings.show', {})).idleLockMinutes, 15);
    assert.notEqual((await core.ask('vault.status', {})).locksAtMs, null);
  });
});
