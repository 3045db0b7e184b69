import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { passphraseAdvice } from '#contract/passphrase-advice.ts';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { SettingsScreen } from './window-pages.ts';

const passphrase = 'four words are enough';

for (const place of places) {
  test(`settings are kept, the endpoint pauses, the doctor answers (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new SettingsScreen(page).ready();
      await screen.go('Settings');
      await screen.control('Lock when idle').selectOption('after 15 min');
      await screen.control('Appearance').selectOption('dark');
      await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
      await screen.control('Port').fill('70000');
      await page.getByText('A port from 1024 to 65535.').waitFor();
      await screen.control('Port').fill('20123');
      await screen.control('Port').press('Enter');
      await screen.rail.getByText('locks in 15 min').waitFor();
      await becomes(async () => {
        const { idleLockMinutes, appearance, endpointPort } = await stage.call('settings.show', {});
        return [idleLockMinutes, appearance, endpointPort];
      }, [15, 'dark', 20123]);

      await screen.control('Answer calls').click();
      await screen.rail.getByText('endpoint paused').waitFor();
      await page.setViewportSize({ width: 800, height: 800 });
      assert.equal(await screen.lockButton().locator('.dot.warn').isVisible(), true, 'without words too');
      await page.setViewportSize({ width: 1280, height: 800 });
      const refused = await fetch(`${stage.baseUrl}/v/openai/v1/models`, {
        headers: { authorization: `Bearer avp_${'A'.repeat(43)}` },
      });
      assert.notEqual(refused.status, 200);
      await screen.control('Answer calls').click();
      await screen.rail.getByText('endpoint paused').waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Check now' }).click();
      await page.getByText(/checks (are fine|needs? a look)/).waitFor();
      await cleanPage(page, stage);
    }),
  );

  test(
    `launch at login and the shortcut are settings of the desktop app alone (host: ${place})`,
    {
      skip: noBrowser,
    },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        const screen = await new SettingsScreen(page).ready();
        await screen.go('Settings');
        if (place === 'console') {
          assert.equal(
            await screen.control('Launch at login').count(),
            0,
            'a browser page cannot be launched at login',
          );
          return assert.equal(await screen.control('Global shortcut').count(), 0);
        }
        await screen.control('Launch at login').click();
        await screen.control('Global shortcut').fill('nonsense');
        await page.getByText('Keys joined by +, such as Control+Alt+V.').waitFor();
        await screen.control('Global shortcut').fill('Control+Alt+V');
        await screen.control('Global shortcut').press('Enter');
        await becomes(async () => {
          const { launchAtLogin, globalShortcut } = await stage.call('settings.show', {});
          return [launchAtLogin, globalShortcut];
        }, [true, 'Control+Alt+V']);
      }),
  );

  test(
    `the upstream proxy is chosen with presence, and a password in it is refused (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase }, furnished: true }, async (stage) => {
        const page = await stage.open();
        const screen = await new SettingsScreen(page).ready();
        stage.answerDialog?.(0);
        await screen.go('Settings');
        await page.getByText('no proxy', { exact: true }).waitFor();
        await page.getByRole('button', { name: 'Choose…' }).click();
        const dialog = screen.dialog('Upstream proxy');
        await dialog.getByLabel('Calls leave through').selectOption('a proxy with this address');
        await dialog.getByLabel('Address').fill('http://me:hunter2@127.0.0.1:3128');
        await dialog.getByText(/user name or password is not supported/).waitFor();
        assert.ok(await dialog.getByRole('button', { name: 'Use it' }).isDisabled());
        await dialog.getByLabel('Address').fill('http://127.0.0.1:3128');
        await dialog.getByRole('button', { name: 'Use it' }).click();
        await dialog.getByRole('alert').waitFor();
        assert.equal((await stage.call('settings.show', {})).upstreamProxy, 'none', 'nobody proved to be there');
        await dialog.getByLabel('Your passphrase again').fill(passphrase);
        await dialog.getByRole('button', { name: 'Use it' }).click();
        await screen.toast(/leave from now on through: http:\/\/127\.0\.0\.1:3128/).waitFor();
        await page.getByText('http://127.0.0.1:3128', { exact: true }).waitFor();
        assert.equal((await stage.call('settings.show', {})).upstreamProxy, 'http://127.0.0.1:3128');
        // From a room that knows no settings: what is set must be shown, not taken back by the next press of a button.
        await screen.go('Secrets');
        await stage.call('settings.set', { idleLockMinutes: 30 });
        await screen.rail.getByText('locks in 30 min').waitFor();
        await page.keyboard.press('Control+k');
        await page.getByPlaceholder('Search or run a command').fill('Choose upstream proxy');
        await page.getByRole('option', { name: 'Choose upstream proxy' }).click();
        assert.equal(await dialog.getByLabel('Address').inputValue(), 'http://127.0.0.1:3128');
        await cleanPage(page, stage);
      }),
  );

  test(
    `how long entries are kept is chosen with presence, and the chain says since when it holds (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase }, furnished: true }, async (stage) => {
        // Sealed, so that there is something to retire.
        await stage.call('vault.lock', {});
        await stage.call('vault.unlock', { passphrase });
        const beforeMs = Date.now();
        const { throughSeq } = await stage.call('audit.retire', { beforeMs }, { passphrase });
        const page = await stage.open();
        const screen = await new SettingsScreen(page).ready();
        stage.answerDialog?.(0);
        await screen.go('Activity');
        await page.getByText(`chain intact since entry ${(throughSeq! + 1).toLocaleString('en-GB')}`).waitFor();
        await screen.go('Settings');
        await page.getByRole('button', { name: 'Change…' }).click();
        const dialog = screen.dialog('Keep entries');
        await dialog.getByLabel('Entries are kept').selectOption('90 days');
        await dialog.getByRole('button', { name: 'Keep them so' }).click();
        await dialog.getByRole('alert').waitFor();
        assert.equal((await stage.call('settings.show', {})).auditKeepDays, null, 'nobody proved to be there');
        await dialog.getByLabel('Your passphrase again').fill(passphrase);
        await dialog.getByRole('button', { name: 'Keep them so' }).click();
        await screen.toast(/kept 90 days/).waitFor();
        await page.getByText('90 days', { exact: true }).waitFor();
        assert.equal((await stage.call('settings.show', {})).auditKeepDays, 90);
        await cleanPage(page, stage);
      }),
  );

  test(
    `a backup is written under its own passphrase, and the master key is rotated (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { furnished: true }, async (stage) => {
        const page = await stage.open();
        const screen = await new SettingsScreen(page).ready();
        stage.answerDialog?.(1);
        await screen.go('Settings');
        const file = join(stage.folder, 'copy.backup');
        await page.getByRole('button', { name: 'Back up…' }).click();
        await screen.dialog().getByLabel('File', { exact: true }).fill(file);
        await screen.dialog().getByLabel('Passphrase of this file').fill('short');
        await screen.dialog().getByText(passphraseAdvice('short')!).waitFor();
        await screen.dialog().getByLabel('Passphrase of this file').fill('a passphrase of its own');
        await screen.dialog().getByLabel('The same again').fill('a passphrase of its own');
        await screen.dialog().getByRole('button', { name: 'Back up' }).click();
        await screen.toast(/backed up to/).waitFor();
        assert.equal(statSync(file).mode & 0o777, 0o600);

        const { fingerprint } = await stage.call('vault.status', {});
        await page.getByRole('button', { name: 'Change or rotate…' }).click();
        await screen.dialog().getByLabel('From now on it is opened by').selectOption('passphrase');
        await screen.dialog().getByLabel('New passphrase').fill('short');
        await screen.dialog().getByText(passphraseAdvice('short')!).waitFor();
        await screen.dialog().getByLabel('From now on it is opened by').selectOption('same');
        await screen.dialog().getByRole('button', { name: 'Rotate', exact: true }).click();
        await screen.toast('The vault has a new key.').waitFor();
        assert.notEqual((await stage.call('vault.status', {})).fingerprint, fingerprint);
        await cleanPage(page, stage);
      }),
  );
}

test('a refused setting says so wherever one stands in the page (host: console)', { skip: noBrowser }, () =>
  onStage('console', {}, async (stage) => {
    const page = await stage.open({ height: 600 });
    const screen = await new SettingsScreen(page).ready();
    await screen.go('Settings');
    await page.route('**/call/settings.set', (route) =>
      route.fulfill({ json: { ok: false, error: { error: 'invalid_request', message: 'Not so.' } } }),
    );
    const appearance = screen.control('Appearance');
    await page.getByText(/^aivault \d/).scrollIntoViewIfNeeded();
    await appearance.selectOption('dark');
    await screen.problem().getByText('Not so.').waitFor();
    const { y, height } = (await screen.problem().boundingBox())!;
    assert.ok(y >= 60 && y + height <= 600, `in view: ${y}`);
    await cleanPage(page, stage);
  }),
);

test(
  'the time until the vault locks goes on by itself, and an unused console asks for nothing (host: console)',
  { skip: noBrowser },
  () =>
    onStage('console', {}, async (stage) => {
      await stage.call('settings.set', { idleLockMinutes: 15 });
      const page = await stage.open();
      const screen = await new SettingsScreen(page).ready();
      await page.clock.install();
      // What is drawn from here on goes by that clock.
      await page.keyboard.press('Control+l');
      await page.getByRole('button', { name: 'Unlock', exact: true }).click();
      await screen.rail.getByText('locks in 15 min').waitFor();
      // That press was use: the first minute asks.
      await page.clock.runFor(61_000);
      await screen.rail.getByText('locks in 14 min').waitFor();
      let asked = 0;
      page.on('request', (request) => {
        if (request.url().endsWith('/call/vault.status')) asked += 1;
      });
      await page.clock.runFor(4 * 60_000);
      await screen.rail.getByText('locks in 10 min').waitFor();
      assert.equal(asked, 0, 'its asking would keep its session');
      await page.keyboard.press('1');
      await page.clock.runFor(61_000);
      await becomes(async () => asked, 1);
    }),
);
