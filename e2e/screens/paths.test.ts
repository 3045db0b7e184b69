import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { PathsScreen } from './window-pages.ts';

const value = 'path-canary-value-0000';

for (const place of places) {
  test(
    `a path secret is written, versioned, revealed on purpose, deleted and restored (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        const screen = await new PathsScreen(page).ready();
        stage.answerDialog?.(1);
        await screen.go('Paths');
        await page.getByRole('heading', { name: 'No path secrets yet' }).waitFor();
        await page.getByRole('button', { name: 'New path secret' }).first().click();
        await screen.dialog().getByLabel('Path').fill('environments/dev/database');
        await screen.dialog().locator('textarea').fill(`user=app\npassword=${value}`);
        await screen.dialog().getByRole('button', { name: 'Create' }).click();
        await screen.option('environments/dev/database').waitFor();
        await screen.detail.getByRole('heading', { name: 'environments/dev/database' }).waitFor();

        await screen.detail.getByRole('button', { name: 'New version' }).click();
        await screen.dialog().locator('textarea').fill('password=another one');
        await screen.dialog().getByRole('button', { name: 'Write version 2' }).click();
        await screen.detail.getByRole('row').nth(2).waitFor();
        assert.ok(!(await page.content()).includes(value), 'nothing is shown unasked');

        await screen.detail.getByRole('button', { name: 'Reveal version 1' }).click();
        await screen.dialog().getByRole('button', { name: 'Reveal' }).click();
        await screen.dialog().getByRole('region', { name: 'password' }).getByText(value).waitFor();
        await screen.dialog().getByRole('button', { name: 'Hide' }).click();
        assert.ok(!(await page.content()).includes(value), 'hidden again');
        const { entries } = await stage.call('audit.list', {});
        assert.ok(
          entries.some(({ kind }) => /path.*read/.test(kind)),
          'the look is in the log',
        );

        await screen.detail.getByRole('button', { name: 'Delete environments/dev/database' }).click();
        await page.getByRole('heading', { name: 'No path secrets yet' }).waitFor();
        await cleanPage(page, stage);
      }),
  );
}
