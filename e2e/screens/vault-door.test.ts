import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { passphraseAdvice } from '#contract/passphrase-advice.ts';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { FirstRunScreen, Frame, SecretsScreen, UnlockScreen } from './window-pages.ts';

const passphrase = 'four words are enough';

for (const place of places) {
  test(`first run: a vault, a key, a first call to copy (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { choice: null }, async (stage) => {
      const page = await stage.open();
      const screen = new FirstRunScreen(page);
      await screen.step('Create the vault').waitFor();
      await cleanPage(page, stage);
      await page.getByRole('radio', { name: /A passphrase/ }).check();
      await page.getByLabel('Passphrase', { exact: true }).fill('elevenchars');
      await page.getByText(passphraseAdvice('elevenchars')!).waitFor();
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
      await becomes(() => page.getByText(/^A passphrase under/).count(), 0, 'four words need no advice');
      await page.getByLabel('The same again').fill('something else');
      await page.getByText('The two differ.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Create vault' }).isDisabled(), true);
      await page.getByLabel('The same again').fill(passphrase);
      await page.getByRole('button', { name: 'Create vault' }).click();

      await screen.step('Add your keys').waitFor();
      await page.getByRole('button', { name: 'Add a key' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add secret' });
      await dialog.getByLabel('Name').fill('OPENAI_API_KEY');
      await dialog.locator('textarea').fill(canaries.openai);
      await dialog.getByText('Looks like an OpenAI key.').waitFor();
      await dialog.getByRole('button', { name: 'Add secret' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('status').getByText('In the vault: OPENAI_API_KEY.').waitFor();
      // What the dialog leads to opens here as it does in the rooms.
      await page.getByRole('button', { name: 'Add a key' }).click();
      await dialog.getByLabel('Name').fill('SPOTIFY_OAUTH');
      await dialog.getByRole('button', { name: 'Connect the account instead' }).click();
      await page.getByRole('dialog', { name: 'Connect an account' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Continue', exact: true }).click();

      await screen.step('Make the first call').waitFor();
      await page.getByRole('region', { name: 'curl' }).getByText('/aivault/proxy').first().waitFor();
      await page.getByRole('button', { name: 'Mint a token for one hour' }).click();
      await page
        .getByRole('region', { name: /token, shown this once/ })
        .getByText(/AIVAULT_TOKEN=avp_/)
        .waitFor();
      await cleanPage(page, stage);
      await page.getByRole('button', { name: 'Open the vault' }).click();
      await new SecretsScreen(page).option('OPENAI_API_KEY').waitFor();
      assert.equal((await stage.call('vault.status', {})).keyProvider, 'passphrase');
    }),
  );

  test(`a backup is restored from the first run, or the page says how (host: ${place})`, {
    skip: noBrowser,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aivault-backup-'));
    const file = join(folder, 'copy.backup');
    try {
      await onStage(place, { choice: { provider: 'passphrase', passphrase }, furnished: true }, async (stage) => {
        await stage.call('backup.create', { path: file, passphrase: 'of the file' }, { passphrase });
        const page = await stage.open();
        const frame = await new Frame(page).ready();
        await frame.go('Settings');
        await page.getByRole('button', { name: 'Restore…' }).click();
        const dialog = frame.dialog('Restore a backup');
        await dialog.getByText('A backup never overwrites a vault.').waitFor();
        const { paths } = await stage.call('vault.status', {});
        await dialog.getByRole('region', { name: 'command' }).getByText(`mv '${paths.vault}'`).waitFor();
        await cleanPage(page, stage);
      });
      await onStage(place, { choice: null }, async (stage) => {
        const page = await stage.open();
        await new FirstRunScreen(page).step('Create the vault').waitFor();
        await page.getByRole('button', { name: 'Restore a backup instead' }).click();
        const dialog = page.getByRole('dialog', { name: 'Restore a backup' });
        if (place === 'console') {
          // The console may be asked to create a vault, not to bring one in.
          await dialog.getByText('aivault backup restore <file>').waitFor();
          return assert.equal(await dialog.getByLabel('File').count(), 0, 'no form that the host refuses');
        }
        stage.answerDialog?.(1);
        await dialog.getByLabel('File', { exact: true }).fill(file);
        await dialog.getByLabel('Passphrase of this file').fill('not this one');
        await dialog.getByRole('button', { name: 'Restore' }).click();
        await dialog.getByRole('alert').waitFor();
        await dialog.getByLabel('Passphrase of this file').fill('of the file');
        await dialog.getByRole('button', { name: 'Restore' }).click();
        await dialog.waitFor({ state: 'detached' });
        const names = (await stage.call('secrets.list', {})).secrets.map(({ name }) => name);
        assert.ok(names.includes('OPENAI_API_KEY'), names.join());
        await cleanPage(page, stage);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test(
    `a locked vault shows nothing of itself and opens with its passphrase only (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase }, furnished: true }, async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await screen.option('OPENAI_API_KEY').waitFor();
        await page.keyboard.press('Control+l');
        const unlock = new UnlockScreen(page);
        await unlock.heading().waitFor();
        const text = await page.content();
        for (const name of ['OPENAI_API_KEY', 'web-shop', 'nightly sync'])
          assert.ok(!text.includes(name), `${name} is still on the page`);
        await cleanPage(page, stage);

        await unlock.unlock('not the passphrase');
        const refusal = (await page.getByRole('alert').textContent()) ?? '';
        assert.match(refusal, /The passphrase is not right\..*Type it again\./, 'a next step that can be done here');
        assert.equal((await stage.call('vault.status', {})).state, 'locked');
        await unlock.unlock(passphrase);
        await screen.option('OPENAI_API_KEY').waitFor();
        assert.equal((await stage.call('vault.status', {})).state, 'unlocked');
        await new Frame(page).lockButton().click();
        await unlock.heading().waitFor();
      }),
  );

  test(
    `a vault whose key file is gone says so, and how it is mended, until it is back (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        const key = (await stage.call('vault.status', {})).paths.key ?? '';
        renameSync(key, `${key}.away`);
        await page.keyboard.press('Control+l');
        await new UnlockScreen(page).heading().waitFor();
        const unlock = page.getByRole('button', { name: 'Unlock' });
        await unlock.click();
        const refusal = (await page.getByRole('alert').textContent()) ?? '';
        assert.match(refusal, /kek\.key is not there\..*Put the key file back\./);
        await cleanPage(page, stage);
        renameSync(`${key}.away`, key);
        await unlock.click();
        await screen.ready();
      }),
  );

  test(
    `a window that opens on a locked vault looks as chosen and complains of nothing (host: ${place})`,
    {
      skip: noBrowser,
    },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase } }, async (stage) => {
        await stage.call('settings.set', { appearance: 'dark' });
        await stage.call('vault.lock', {});
        const page = await stage.open({ scheme: 'light' });
        await new UnlockScreen(page).heading().waitFor();
        await page.locator('html[data-theme=dark]').waitFor();
        assert.equal(await page.getByRole('alert').count(), 0);
        await cleanPage(page, stage);
        await new UnlockScreen(page).unlock(passphrase);
        await new SecretsScreen(page).ready();
        assert.equal(await page.getByRole('alert').count(), 0);
      }),
  );
}
