import { test } from 'node:test';
import { photographer } from './photographer.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { AccessScreen, FirstRunScreen, Frame, SecretsScreen, UnlockScreen } from './window-pages.ts';

// A picture of what lies before the rooms and on top of them: first run, unlock, empty rooms, palette, every dialog.
// Both colours and both widths, for people to look at: artefacts/screens/<host>/…; each is checked in both colours.

const passphrase = 'four words are enough';

for (const place of places) {
  test(
    `the first run, the empty rooms and the locked vault have their pictures (host: ${place})`,
    {
      skip: noBrowser,
    },
    () =>
      onStage(place, { choice: null }, async (stage) => {
        const picture = photographer(stage);
        const page = await stage.open();
        const screen = new FirstRunScreen(page);
        await screen.step('Create the vault').waitFor();
        await picture(page, 'first-run-vault');
        await page.getByRole('button', { name: 'Restore a backup instead' }).click();
        await page.getByRole('dialog', { name: 'Restore a backup' }).waitFor();
        await picture(page, 'first-run-restore');
        await page.keyboard.press('Escape');
        await page.getByRole('radio', { name: /A passphrase/ }).check();
        await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
        await page.getByLabel('The same again').fill(passphrase);
        await page.getByRole('button', { name: 'Create vault' }).click();
        await screen.step('Add your keys').waitFor();
        await picture(page, 'first-run-keys');
        await page.getByRole('button', { name: 'Continue without keys' }).click();
        await screen.step('Make the first call').waitFor();
        await page.getByRole('region', { name: 'SDK' }).waitFor();
        await picture(page, 'first-run-call');
        await page.getByRole('button', { name: 'Open the vault' }).click();
        const frame = await new Frame(page).ready();
        for (const room of ['Secrets', 'Access', 'Paths'] as const) {
          await frame.go(room);
          await page.getByRole('heading', { name: /^No / }).waitFor();
          await picture(page, `empty-${room.toLowerCase()}`);
        }
        await page.keyboard.press('Control+l');
        await new UnlockScreen(page).heading().waitFor();
        await picture(page, 'unlock');
        // As wide and as high as the window the tray opens.
        await picture(page, 'unlock-small', [340], 440);
        await new UnlockScreen(page).unlock('not the passphrase');
        await page.getByRole('alert').waitFor();
        await picture(page, 'unlock-refused', [340], 440);
      }),
  );

  test(`every dialog has its picture (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { choice: { provider: 'passphrase', passphrase }, furnished: true }, async (stage) => {
      const picture = photographer(stage);
      const page = await stage.open();
      const screen = await new SecretsScreen(page).ready();
      const shown = async (name: string | RegExp | undefined, file: string): Promise<void> => {
        await screen.dialog(name).waitFor();
        await picture(page, `dialog-${file}`);
        await page.keyboard.press('Escape');
        await screen.dialog().waitFor({ state: 'detached' });
      };
      await screen.option('TRELLO_API_KEY').click();
      await screen.detail.getByRole('heading', { name: 'TRELLO_API_KEY' }).waitFor();
      await picture(page, 'secret-waiting');
      await screen.option('OPENAI_API_KEY').click();
      await screen.detail.getByRole('heading', { name: 'OPENAI_API_KEY' }).waitFor();
      await screen.detail.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem').first().waitFor();
      await picture(page, 'secret-menu', [1280]);
      await page.keyboard.press('Escape');
      for (const item of ['Rename…', 'Aliases…', 'Groups…', 'Delete…']) {
        await screen.menu(item);
        await shown(undefined, item.replace('…', '').toLowerCase());
      }
      await page.keyboard.press('r');
      await shown(/Rotate OPENAI_API_KEY/, 'rotate');
      await page.getByRole('button', { name: 'Add secret' }).click();
      await shown('Add secret', 'add-secret');
      await page.getByRole('button', { name: 'Import .env' }).click();
      await shown(/Import/, 'import');

      await screen.go('Capabilities');
      await page.getByRole('button', { name: 'New credential' }).click();
      await shown('New credential', 'credential');
      await page.getByRole('button', { name: 'New capability' }).click();
      await shown('New capability', 'capability');

      await screen.go('Access');
      await page.getByRole('button', { name: 'Mint token' }).click();
      await shown('Mint token', 'mint');
      await page.getByRole('button', { name: 'Personal tokens' }).click();
      await shown(/personal token/i, 'personal');
      const access = new AccessScreen(page);
      await access.option('nightly sync').click();
      await access.detail.getByRole('button', { name: 'Revoke' }).click();
      await shown(/Revoke/, 'revoke');

      await screen.go('Paths');
      await page.getByRole('button', { name: 'New path secret' }).first().click();
      await shown('New path secret', 'path');
      await page.getByRole('button', { name: 'Import .env' }).click();
      await shown(/Import/, 'import-path');

      await screen.go('Settings');
      await page.getByRole('button', { name: 'Change or rotate…' }).click();
      await shown('Rotate the master key', 'rotate-master');
      await page.getByRole('button', { name: 'Choose…' }).click();
      await screen.dialog().getByLabel('Calls leave through').selectOption('a proxy with this address');
      await shown('Upstream proxy', 'proxy');
      await page.getByRole('button', { name: 'Change…' }).click();
      await shown('Keep entries', 'audit-keep');
      await page.getByRole('button', { name: 'Back up…' }).click();
      await shown('Back up', 'backup');
      await page.getByRole('button', { name: 'Restore…' }).click();
      await shown('Restore a backup', 'restore');
      await page.getByRole('button', { name: 'Check now' }).click();
      await page.getByText(/checks (are fine|needs? a look)/).waitFor();
      await page.getByText(/^aivault \d/).scrollIntoViewIfNeeded();
      await picture(page, 'settings-end');

      await page.keyboard.press('Control+k');
      await shown('Search or run a command', 'palette');
      await page.keyboard.press('?');
      await shown('Shortcuts', 'shortcuts');
    }),
  );
}
