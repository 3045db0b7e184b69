import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { SecretsScreen } from './window-pages.ts';

for (const place of places) {
  test(
    `secrets are added, rotated, renamed and deleted without ever being shown (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await page.getByRole('heading', { name: 'No secrets yet' }).waitFor();

        await screen.add('OPENAI_API_KEY', canaries.openai);
        await screen.toast(/Credential auto-provisioned: openai/).waitFor();
        await screen.option('OPENAI_API_KEY').waitFor();
        await screen.detail.getByText('It can only ever be sent to').waitFor();
        assert.deepEqual(await screen.detail.locator('code').allTextContents(), ['api.openai.com']);
        const [stored] = (await stage.call('secrets.list', {})).secrets;

        await page.keyboard.press('r');
        const rotate = screen.dialog(/Rotate OPENAI_API_KEY/);
        await rotate.locator('textarea').fill('does not look right');
        await rotate.getByText('Does not look like an OpenAI key').waitFor();
        await rotate.locator('textarea').fill(`${canaries.openai}2`);
        await rotate.getByRole('button', { name: 'Rotate' }).click();
        await rotate.getByText('The next call uses the new value.').waitFor();
        await rotate.getByRole('button', { name: 'Done' }).click();
        const [rotated] = (await stage.call('secrets.list', {})).secrets;
        assert.equal(rotated?.valueVersion, 2);
        assert.notEqual(rotated?.fingerprint, stored?.fingerprint);

        await screen.menu('Aliases…');
        await screen.dialog().getByLabel('New alias').fill('gpt-key');
        await screen.dialog().getByRole('button', { name: 'Add alias' }).click();
        await screen.dialog().getByRole('button', { name: 'Remove gpt-key' }).waitFor();
        await page.keyboard.press('Escape');

        await screen.menu('Groups…');
        await screen.dialog().getByLabel('Workspace').fill('web-shop');
        await screen.dialog().getByLabel('Group').fill('agents');
        await screen.dialog().getByRole('button', { name: 'Attach group' }).click();
        await screen.dialog().getByRole('button', { name: 'Detach web-shop / agents' }).waitFor();
        await page.keyboard.press('Escape');

        await screen.menu('Rename…');
        await screen.dialog().getByLabel('Name').fill('GITHUB_TOKEN');
        await screen.dialog().getByRole('button', { name: 'Rename' }).click();
        await screen.problem().waitFor();
        assert.equal(
          await screen.dialog().getByLabel('Name').inputValue(),
          'GITHUB_TOKEN',
          'an error keeps what was typed',
        );
        await page.keyboard.press('Escape');

        await screen.menu('Delete…');
        await screen
          .dialog()
          .getByText(/^\d credentials?:/)
          .waitFor();
        await screen.dialog().getByRole('button', { name: 'Delete secret' }).click();
        await page.getByRole('heading', { name: 'No secrets yet' }).waitFor();
        assert.deepEqual((await stage.call('credentials.list', {})).credentials, []);
        await cleanPage(page, stage);
      }),
  );

  test(`a .env file is dropped in: known keys are chosen, settings are not (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      const screen = await new SecretsScreen(page).ready();
      await page.getByRole('button', { name: 'Import .env' }).click();
      const env = `# app\nPORT=3000\nOPENAI_API_KEY=${canaries.openai}\nexport GITHUB_TOKEN="${canaries.github}"\n`;
      await screen
        .dialog()
        .locator('input[type=file]')
        .setInputFiles({ name: '.env', mimeType: 'text/plain', buffer: Buffer.from(env) });
      await screen.dialog().getByText('Found 3 names').waitFor();
      assert.equal(await screen.dialog().getByRole('checkbox', { name: /PORT/ }).isChecked(), false);
      await screen.dialog().getByRole('button', { name: 'Import 2 keys' }).click();
      await screen.dialog().getByText('2 keys added, 0 rotated, 0 skipped.').waitFor();
      await screen.dialog().getByRole('button', { name: 'Done' }).click();
      await screen.option('GITHUB_TOKEN').waitFor();
      assert.deepEqual((await stage.call('secrets.list', {})).secrets.map(({ name }) => name).toSorted(), [
        'GITHUB_TOKEN',
        'OPENAI_API_KEY',
      ]);
      await cleanPage(page, stage);
    }),
  );

  test(
    `the list is filtered by state and by typing, and walked by keyboard (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { furnished: true }, async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await screen.option('TRELLO_API_KEY').waitFor();
        await page.getByRole('button', { name: /^Waiting/ }).click();
        await becomes(() => screen.list.getByRole('option').count(), 1);
        await screen.option('TRELLO_API_KEY').getByText('needs TRELLO_TOKEN').waitFor();
        await page.getByRole('button', { name: /^All/ }).click();
        await page.keyboard.press('/');
        await page.keyboard.type('web-shop');
        await screen.option('OPENAI_API_KEY').waitFor({ state: 'detached' });
        await becomes(() => screen.list.getByRole('option').count(), 2);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('End');
        await screen.detail.getByRole('heading', { name: 'SLACK_BOT_TOKEN' }).waitFor();
        await cleanPage(page, stage);
      }),
  );
}
