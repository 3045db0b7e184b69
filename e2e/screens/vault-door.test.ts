import assert from 'node:assert/strict';
import { test } from 'node:test';
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
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
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
      await page.getByRole('button', { name: 'Continue without more keys' }).click();

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
        await page.getByRole('alert').waitFor();
        assert.equal((await stage.call('vault.status', {})).state, 'locked');
        await unlock.unlock(passphrase);
        await screen.option('OPENAI_API_KEY').waitFor();
        assert.equal((await stage.call('vault.status', {})).state, 'unlocked');
        await new Frame(page).lockButton().click();
        await unlock.heading().waitFor();
      }),
  );
}
