import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { AccessScreen } from './window-pages.ts';

const quickstart = readFileSync(new URL('../paths/quickstart.md', import.meta.url), 'utf8');

for (const place of places) {
  test(`a token is minted, shown once, explained and revoked (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new AccessScreen(page).ready();
      await screen.go('Access');
      await page.getByRole('button', { name: 'Mint token' }).click();
      const dialog = screen.dialog();
      await dialog.getByLabel('Name').fill('release notes');
      await dialog.getByLabel('Filter capabilities').fill('openai/');
      await dialog.getByRole('checkbox', { name: /openai\/chat-completions/ }).check();
      await dialog.getByRole('checkbox', { name: /openai\/embeddings/ }).check();
      await dialog.getByLabel('Lives for').selectOption('10 minutes');
      await dialog.getByLabel('Calls').fill('many');
      await dialog.getByText('A whole number, or nothing.').waitFor();
      const submit = dialog.getByRole('button', { name: 'Mint token for 2 capabilities' });
      assert.equal(await submit.isDisabled(), true);
      await dialog.getByLabel('Calls').fill('25');
      await submit.click();
      const token = await screen.dialog('Your token').getByRole('region', { name: 'token', exact: true }).textContent();
      assert.match(token ?? '', /^avp_[A-Za-z0-9_-]{40,}$/);
      await page.keyboard.press('Escape');
      await screen.dialog('Your token').waitFor();
      await screen.dialog('Your token').getByRole('button', { name: 'I have copied it' }).click();
      assert.ok(!(await page.content()).includes(token!), 'shown once');

      await screen.option('release notes').click();
      await screen.detail.getByRole('heading', { name: 'What it could do now' }).waitFor();
      await screen.detail.getByText('0 of 25').waitFor();
      await screen.detail.getByText('openai/embeddings').waitFor();
      await screen.detail.getByText('api.openai.com').first().waitFor();
      await screen.detail.getByRole('button', { name: 'Revoke' }).click();
      await screen
        .dialog(/Revoke release notes/)
        .getByRole('button', { name: 'Revoke token' })
        .click();
      await screen.option('release notes').waitFor({ state: 'detached' });
      await page.getByLabel('Show ended ones too').check();
      await screen.option('release notes').getByText('revoked').first().waitFor();
      await cleanPage(page, stage);
    }),
  );

  test(`a personal token needs a name and a scope, and is shown once (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      const screen = await new AccessScreen(page).ready();
      // The words of the quickstart's first step, in the house's spelling.
      const [room, button = '', submit = ''] = (/\*\*(\w+ → [\w ]+ → \w+)\*\*/.exec(quickstart)?.[1] ?? '')
        .split(' → ')
        .map((words) => words.slice(0, 1) + words.slice(1).toLowerCase());
      assert.equal(room, 'Access');
      await screen.go('Access');
      if (place === 'double') stage.answerDialog?.(1);
      await page.getByRole('button', { name: button, exact: true }).click();
      await screen.dialog().getByLabel('Name').fill('deploy script');
      await screen.dialog().getByLabel('Paths').fill('environments/dev/**');
      await screen.dialog().getByRole('button', { name: submit, exact: true }).click();
      const token = await screen
        .dialog('Your personal token')
        .getByRole('region', { name: 'token', exact: true })
        .textContent();
      assert.match(token ?? '', /^skt_/);
      await screen.dialog().getByRole('button', { name: 'I have copied it' }).click();
      await screen.option('deploy script').getByText('personal').waitFor();
      await screen.detail.getByText('environments/dev/**').waitFor();
      await cleanPage(page, stage);
    }),
  );
}
