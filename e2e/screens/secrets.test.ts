import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { onUpstreamStage } from './upstream-stage.ts';
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

  test(
    `what a secret is sent by is switched off, on and deleted from its page (host: ${place})`,
    {
      skip: noBrowser,
    },
    () =>
      onStage(place, {}, async (stage) => {
        const { secret } = await stage.call('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai });
        const own = await stage.call('secrets.create', { name: 'ACME', value: 'acme-key-0123456789' });
        await stage.call('credentials.create', {
          id: 'acme',
          provider: 'acme',
          secretRef: `vault:secret:${own.secret.secretId}`,
          auth: { kind: 'header', name: 'x-api-key', template: '{{secret}}' },
          hosts: ['api.acme.example'],
        });
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        const more = (id: string) => screen.detail.getByRole('button', { name: `More about ${id}` });
        const item = (name: string) => page.getByRole('menuitem', { name });
        const stateOf = async (id: string) =>
          (await stage.call('credentials.list', {})).credentials.find((one) => one.id === id)?.enabled;

        await screen.option('OPENAI_API_KEY').click();
        await more('openai').click();
        assert.equal(await item('Delete…').count(), 0, 'it is there as long as its secret');
        await item('Disable').click();
        await screen.toast(/openai disabled\. Calls by it are refused\./).waitFor();
        await screen.detail.getByText('disabled', { exact: true }).first().waitFor();
        assert.equal(await stateOf('openai'), false);
        await cleanPage(page, stage);
        await more('openai').click();
        await item('Enable').click();
        await becomes(() => stateOf('openai'), true);
        assert.ok(secret.secretId);

        await screen.option('ACME').click();
        await more('acme').click();
        await item('Delete…').click();
        await screen.dialog('Delete credential acme?').getByRole('button', { name: 'Delete credential' }).click();
        await screen.detail.getByText('none: no tool can use it yet').waitFor();
        assert.equal(await stateOf('acme'), undefined);
        await cleanPage(page, stage);
      }),
  );

  test(`after a rotation one harmless call shows that the new key works (host: ${place})`, { skip: noBrowser }, () =>
    onUpstreamStage(place, {}, async (stage, upstream) => {
      await stage.call('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai });
      const page = await stage.open();
      const screen = await new SecretsScreen(page).ready();
      await screen.option('OPENAI_API_KEY').click();
      await screen.detail.getByRole('button', { name: 'Rotate' }).click();
      const rotate = screen.dialog(/Rotate OPENAI_API_KEY/);
      await rotate.locator('textarea').fill(`${canaries.openai}2`);
      await rotate.getByRole('button', { name: 'Rotate' }).click();
      await rotate.getByText('GET /v1/models').waitFor();
      await rotate.getByRole('button', { name: 'Try it' }).click();
      await rotate.getByText(/^200, /).waitFor();
      assert.deepEqual(
        upstream.requests.map((request) => [request.method, request.target, ...request.header('authorization')]),
        [['GET', '/v1/models', `Bearer ${canaries.openai}2`]],
      );
      upstream.behave((_request, response) => void response.writeHead(401).end('{}'));
      await rotate.getByRole('button', { name: 'Try it' }).click();
      await rotate.locator('.pill.bad').waitFor();
      await cleanPage(page, stage);
    }),
  );

  test(
    `the field for a value is kept out of autofill, spelling and copying (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await page.getByRole('button', { name: 'Add secret' }).first().click();
        const field = screen.dialog('Add secret').locator('textarea');
        await field.fill('a value typed by hand');
        const kept = await field.evaluate((box: HTMLTextAreaElement) => {
          box.select();
          const copied = !box.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true }));
          const cut = !box.dispatchEvent(new ClipboardEvent('cut', { bubbles: true, cancelable: true }));
          const { autocomplete, spellcheck } = box;
          return {
            autocomplete,
            spellcheck,
            copied,
            cut,
            shown: getComputedStyle(box).getPropertyValue('-webkit-text-security'),
          };
        });
        assert.deepEqual(kept, { autocomplete: 'off', spellcheck: false, copied: true, cut: true, shown: 'disc' });
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Add secret' }).first().click();
        assert.equal(await field.inputValue(), '', 'what was left there is gone');
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
      // The same file again: nothing that is there is replaced unless it is chosen.
      await page.getByRole('button', { name: 'Import .env' }).click();
      await screen
        .dialog()
        .locator('input[type=file]')
        .setInputFiles({ name: '.env', mimeType: 'text/plain', buffer: Buffer.from(env) });
      await screen
        .dialog()
        .getByText(/One that rotates takes the place of the value you have\.$/)
        .waitFor();
      assert.equal(await screen.dialog().getByRole('checkbox', { checked: true }).count(), 0);
      assert.equal(await screen.dialog().getByRole('button', { name: 'Import', exact: true }).isDisabled(), true);
      await screen
        .dialog()
        .getByRole('checkbox', { name: /OPENAI_API_KEY/ })
        .check();
      await screen.dialog().getByRole('button', { name: 'Import 1 key' }).click();
      await screen.dialog().getByText('0 keys added, 1 rotated, 0 skipped.').waitFor();
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
        await screen.add('ZULIP_KEY', 'the last of the list');
        await screen.detail.getByRole('heading', { name: 'ZULIP_KEY' }).waitFor();
        await becomes(
          () =>
            screen.list
              .locator('[aria-selected=true]')
              .textContent()
              .then((text) => text?.includes('ZULIP_KEY')),
          true,
        );
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
