import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { heapHolds, madeUpValue } from './page-heap.ts';
import type { Stage } from './stage.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { PathsScreen } from './window-pages.ts';

const value = 'path-canary-value-0000';
const passphrase = 'four words are enough';
const longPath = `services/${'a-long-name-of-a-service-'.repeat(4)}/key`.padEnd(120, 'x');

/** A room with something in every state a list can show. */
async function furnishPaths(stage: Stage): Promise<void> {
  const write = (path: string, tags: string[], expiresIn?: string) =>
    stage.call('paths.write', {
      path,
      data: { user: 'app', password: value },
      metadata: { tags },
      ...(expiresIn === undefined ? {} : { expiresIn }),
    });
  await write('environments/dev/database', ['dev', 'postgres'], '20d');
  await write('environments/dev/queue', ['dev']);
  await write('environments/live/database', ['live', 'postgres'], '12h');
  await write('environments/live/queue', ['live'], '5d');
  await write(longPath, ['live'], '90d');
}

async function openRoom(stage: Stage, look = {}): Promise<PathsScreen> {
  const page = await stage.open(look);
  const screen = await new PathsScreen(page).ready();
  stage.answerDialog?.(1);
  await screen.go('Paths');
  return screen;
}

/** How often something was read, as the audit log has it. */
async function reads(stage: Stage): Promise<number> {
  const { entries } = await stage.call('audit.list', { limit: 200 });
  return entries.filter(({ kind, outcome }) => kind === 'path.read' && outcome === 'done').length;
}

for (const place of places) {
  test(
    `a path secret is written, versioned, revealed on purpose, deleted and restored (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const value = madeUpValue('written-');
        const screen = await openRoom(stage);
        const { page } = screen;
        await page.getByRole('heading', { name: 'No path secrets yet' }).waitFor();
        await page.getByRole('button', { name: 'New path secret' }).first().click();
        await screen.dialog().getByLabel('Path').fill('environments/dev/database');
        await screen.dialog().locator('textarea').fill(`user=app\npassword=${value}`);
        await screen.dialog().getByLabel('Tags').fill('dev, postgres');
        await screen.dialog().getByRole('button', { name: 'Create' }).click();
        await screen.option('environments/dev/database').waitFor();
        await screen.detail.getByRole('heading', { name: 'environments/dev/database' }).waitFor();
        await screen.detail.getByRole('button', { name: 'postgres' }).waitFor();

        await screen.detail.getByRole('button', { name: 'New version' }).click();
        await screen.dialog().locator('textarea').fill('password=another one');
        await screen.dialog().getByRole('button', { name: 'Write version 2' }).click();
        await screen.versions.nth(1).waitFor();
        assert.ok(!(await page.content()).includes(value), 'nothing is shown unasked');
        await becomes(() => screen.detail.getByRole('button', { name: 'postgres' }).count(), 1, 'tags stay');

        await screen.detail.getByRole('button', { name: 'Reveal version 1' }).click();
        await screen.dialog().getByRole('button', { name: 'Reveal' }).click();
        await screen.dialog().getByRole('region', { name: 'password' }).getByText(value).waitFor();
        await screen.dialog().getByRole('button', { name: 'Hide' }).click();
        assert.ok(!(await page.content()).includes(value), 'hidden again');
        assert.equal(await heapHolds(page, value), false, 'and gone from the page');
        assert.equal(await reads(stage), 1, 'the look is in the log');
        await screen.detail.locator('dl > div', { hasText: 'Last read' }).getByText('just now').waitFor();

        await screen.menu('Delete');
        await page.getByRole('heading', { name: 'No path secrets yet' }).waitFor();
        await page.getByRole('button', { name: 'Show deleted ones' }).click();
        await screen.option('environments/dev/database').waitFor();
        await screen.detail.getByText('Nobody can read it').waitFor();
        await cleanPage(page, stage);
        await screen.detail.getByRole('button', { name: 'Restore' }).click();
        await page.getByText('Nothing is deleted.').waitFor();
        await screen.filter('All').click();
        await screen.option('environments/dev/database').waitFor();
        await screen.versions.nth(1).waitFor();

        await screen.menu('Delete for good…');
        await screen.dialog().getByText('2 versions, up to version 2').waitFor();
        await screen.dialog().getByText('tags (dev, postgres)').waitFor();
        await cleanPage(page, stage);
        await screen.dialog().getByRole('button', { name: 'Delete for good' }).click();
        await page.getByRole('heading', { name: 'No path secrets yet' }).waitFor();
        assert.equal((await stage.call('paths.list', { deleted: true })).secrets.length, 0, 'nothing is kept');
        const { entries } = await stage.call('audit.list', { limit: 200 });
        assert.deepEqual(
          entries.filter(({ kind, outcome }) => kind.startsWith('path.') && outcome !== 'done'),
          [],
          'the window asks nothing that has to fail',
        );
        await screen.go('Activity');
        await page.getByRole('option').filter({ hasText: 'path.read environments/dev/database' }).first().click();
        const about = page.locator('dl > div', { hasText: 'Path secret' });
        await about.getByText('environments/dev/database').waitFor();
        await about.getByText('version 1').waitFor();
        await cleanPage(page, stage);
      }),
  );

  test(`paths are seen as a table and as a tree that the keys walk (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      await furnishPaths(stage);
      const screen = await openRoom(stage);
      const { page } = screen;
      await screen.option('environments/dev/database').getByText('kv').waitFor();
      await cleanPage(page, stage);

      await page.getByRole('button', { name: 'Tree', exact: true }).click();
      await screen.branch('environments').waitFor();
      await becomes(() => screen.branch('database').count(), 1, 'what is selected is in view, the rest is closed');
      assert.match(
        (await screen.branch('environments').textContent()) ?? '',
        /4/,
        'a branch says how many are beneath',
      );
      await screen.tree.focus();
      for (const key of ['Home', 'ArrowLeft']) await page.keyboard.press(key);
      assert.equal(await screen.branch('environments').getAttribute('aria-expanded'), 'false');
      await becomes(() => screen.branch('dev').count(), 0, '← closes');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      assert.equal(await screen.standing(), 'environments/dev/database', '→ opened what ← had closed, as it was');
      await page.keyboard.press('ArrowLeft');
      assert.equal(await screen.standing(), 'environments/dev', '← goes out');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowDown');
      assert.equal(await screen.standing(), 'environments/live', 'what is closed is passed over');
      assert.match((await screen.branch('live').textContent()) ?? '', /in 12 h/, 'and says what ends in it');
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
      await screen.detail.getByRole('heading', { name: 'environments/live/queue' }).waitFor();
      await cleanPage(page, stage);

      await screen.go('Secrets');
      await screen.go('Paths');
      await screen.branch('live').waitFor();
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await screen.option('environments/live/queue').waitFor();
    }),
  );

  test(`what ends soon is counted and coloured, and tags filter (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      await furnishPaths(stage);
      const screen = await openRoom(stage);
      const { page } = screen;
      const pillOf = (path: string) => screen.option(path).locator('.pill');
      await pillOf('environments/dev/database').waitFor();
      assert.match((await pillOf('environments/dev/database').getAttribute('class')) ?? '', /warn/, 'amber in 20 d');
      assert.match((await pillOf('environments/live/database').getAttribute('class')) ?? '', /bad/, 'red in 12 h');
      await becomes(() => pillOf(longPath).count(), 0, 'nothing in 90 d');
      for (const [name, paths] of [
        ['Expires in 30 d 3', ['dev/database', 'live/database', 'live/queue']],
        ['7 d 2', ['live/database', 'live/queue']],
        ['1 d 1', ['live/database']],
      ] as const) {
        await screen.filter(name).click();
        await page.waitForFunction(
          (count) => document.querySelectorAll('[role=listbox] [role=option]').length === count,
          paths.length,
        );
        for (const path of paths) await becomes(() => screen.option(path).count(), 1, `${path} under ${name}`);
      }
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByLabel('Tag', { exact: true }).selectOption('postgres');
      await page.waitForFunction(() => document.querySelectorAll('[role=listbox] [role=option]').length === 2);
      await page.getByRole('searchbox').fill('nowhere');
      await page.getByText('There is no path secret with the tag “postgres” at a path that begins').waitFor();
      await cleanPage(page, stage);
      await page.getByRole('button', { name: 'Clear' }).click();
      await screen.option('environments/dev/queue').waitFor();
    }),
  );

  test(
    `two versions stand side by side; fields that differ only on purpose, and for a while (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const path = 'environments/dev/database';
        const value = madeUpValue('compared-');
        await stage.call('paths.write', { path, data: { user: 'app', password: value } });
        await stage.call('paths.write', {
          path,
          data: { user: 'app', password: `${value}-new`, port: 5432 },
          expiresIn: '90d',
        });
        const screen = await openRoom(stage);
        const { page } = screen;
        await screen.detail.getByLabel('Compare version 1').check();
        await screen.detail.getByLabel('Compare version 2').check();
        await screen.detail.getByRole('button', { name: 'Compare 1 and 2' }).click();
        const dialog = screen.dialog(`Versions 1 and 2 of ${path}`);
        await dialog.getByRole('row', { name: /Size differs/ }).waitFor();
        await dialog.getByRole('row', { name: /Expires differs never/ }).waitFor();
        assert.equal(await reads(stage), 0, 'facts need no look at a value');
        assert.ok(!(await page.content()).includes(value));
        await cleanPage(page, stage);

        await page.clock.install();
        await dialog.getByRole('button', { name: 'Reveal what differs' }).click();
        await dialog.getByRole('heading', { name: '2 fields differ, 1 the same' }).waitFor();
        await dialog.getByRole('region', { name: 'password in version 1' }).getByText(value).waitFor();
        await dialog.getByText('not in version 1').waitFor();
        assert.equal(await heapHolds(page, value), true, 'the probe works: while it is shown, the heap holds it');
        await becomes(() => dialog.getByRole('heading', { name: 'user' }).count(), 0, 'what is the same stays hidden');
        assert.equal(await reads(stage), 2, 'both looks are in the log');
        await page.clock.runFor(31_000);
        await dialog.getByRole('button', { name: 'Reveal what differs' }).waitFor();
        assert.ok(!(await page.content()).includes(value), 'the look ended by itself');
        assert.equal(await heapHolds(page, value), false, 'and nothing of it is left in the page');
      }),
  );

  test(
    `on a passphrase vault revealing and comparing ask for it, and show nothing without (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase } }, async (stage) => {
        const path = 'environments/dev/database';
        for (const data of [{ password: value }, { password: `${value}-new` }]) {
          await stage.call('paths.write', { path, data });
        }
        const screen = await openRoom(stage);
        const { page } = screen;
        const dialog = screen.dialog();
        const again = dialog.getByLabel('Your passphrase again');
        // Where a dialog of the system can be answered with no, an empty field is its question and not the host's.
        const inWindow = stage.answerDialog !== undefined;
        stage.answerDialog?.(0);
        const nobody = async (button: string) => {
          for (const typed of ['', 'not the passphrase']) {
            await again.fill(typed);
            await dialog.getByRole('button', { name: button, exact: true }).click();
            const unasked = inWindow ? 'Nobody confirmed it in the window.' : 'This needs the passphrase again.';
            await dialog.getByText(typed === '' ? unasked : 'The passphrase is wrong.').waitFor();
            assert.ok(!(await page.content()).includes(value), `${button} shows nothing`);
          }
          await again.fill(passphrase);
          await dialog.getByRole('button', { name: button, exact: true }).click();
        };

        await screen.detail.getByRole('button', { name: 'Reveal version 1' }).click();
        await nobody('Reveal');
        await dialog.getByRole('region', { name: 'password' }).getByText(value).waitFor();
        await dialog.getByRole('button', { name: 'Hide' }).click();
        assert.equal(await reads(stage), 1);

        await screen.detail.getByLabel('Compare version 1').check();
        await screen.detail.getByLabel('Compare version 2').check();
        await screen.detail.getByRole('button', { name: 'Compare 1 and 2' }).click();
        await nobody('Reveal what differs');
        await dialog.getByRole('heading', { name: '1 field differs, 0 the same' }).waitFor();
        assert.equal(await reads(stage), 3);

        const { entries } = await stage.call('audit.list', { limit: 200, kind: 'path.read' });
        const refused = Array(inWindow ? 1 : 2).fill(['refused', path, 1, undefined]);
        assert.deepEqual(
          entries.map(({ outcome, secretPath, version, presence }) => [outcome, secretPath, version, presence]),
          [
            ['done', path, 2, 'passphrase'],
            ['done', path, 1, 'passphrase'],
            ...refused,
            ['done', path, 1, 'passphrase'],
            ...refused,
          ],
        );
      }),
  );

  test(
    `a .env goes into one path by its names, and out of it in the clear after two questions (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, { choice: { provider: 'passphrase', passphrase } }, async (stage) => {
        const value = madeUpValue('imported-');
        const screen = await openRoom(stage);
        const { page } = screen;
        await page.getByRole('button', { name: 'Import .env' }).click();
        await screen.dialog().getByLabel('Path').fill('environments/dev/app');
        await screen
          .dialog()
          .locator('input[type=file]')
          .setInputFiles({
            name: '.env',
            mimeType: 'text/plain',
            buffer: Buffer.from(`# of the app\nDB_PASSWORD="${value}"\nexport PRICE='5 $'\nDEBUG=1\n`),
          });
        await screen.dialog().getByLabel('DB_PASSWORD').waitFor();
        await screen.dialog().getByLabel('DEBUG').uncheck();
        assert.ok(!(await page.content()).includes(value), 'the preview holds names only');
        await cleanPage(page, stage);
        await screen.dialog().getByRole('button', { name: 'Import 2 fields' }).click();
        await screen.detail.getByRole('heading', { name: 'environments/dev/app' }).waitFor();
        assert.ok(!(await page.content()).includes(value));
        assert.equal(await heapHolds(page, value), false, 'what was imported is let go');

        await screen.menu('Import a .env…');
        await screen.dialog().getByText('Exists, version 1').waitFor();
        await page.keyboard.press('Escape');

        await screen.menu('Export as .env…');
        await cleanPage(page, stage);
        await screen.dialog().getByLabel('Your passphrase again').fill('not the passphrase');
        await screen.dialog().getByRole('button', { name: 'Read the values' }).click();
        await screen.problem().waitFor();
        assert.equal(await reads(stage), 0, 'nothing is read for somebody who may not be there');
        await screen.dialog().getByLabel('Your passphrase again').fill(passphrase);
        await screen.dialog().getByRole('button', { name: 'Read the values' }).click();
        await screen.dialog().getByText('This writes 2 values in the clear to a file on your disk.').waitFor();
        assert.ok(!(await page.content()).includes(value), 'names are shown, values are not');
        assert.equal(await reads(stage), 1, 'the export is in the log as a read');
        const saved = page.waitForEvent('download');
        await screen.dialog().getByRole('button', { name: 'Write 2 values' }).click();
        const file = await saved;
        assert.equal(file.suggestedFilename(), 'app.env');
        assert.equal(await readFile(await file.path(), 'utf8'), `DB_PASSWORD='${value}'\nPRICE='5 $'\n`);
        await screen.toast('2 values of environments/dev/app written').waitFor();
        await stage.call('paths.write', { path: 'environments/dev/app', data: { 'ld-preload': '/tmp/evil.so' } });
        await screen.versions.nth(1).waitFor();
        await screen.menu('Export as .env…');
        await screen.dialog().getByLabel('Your passphrase again').fill(passphrase);
        await screen.dialog().getByRole('button', { name: 'Read the values' }).click();
        await screen.dialog().getByText('LD_PRELOAD would steer the programs').waitFor();
        assert.equal(await screen.dialog().getByRole('button', { name: 'Write 1 value' }).isDisabled(), true);
        await screen.dialog().getByRole('button', { name: 'Cancel' }).click();
        await page.waitForTimeout(1_200);
        assert.equal(await heapHolds(page, value), false, 'what was exported is let go');
        await cleanPage(page, stage);
      }),
  );

  test(`a path of 120 characters and a window of 800 px lose nothing (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      await furnishPaths(stage);
      const screen = await openRoom(stage, { width: 800, height: 600, scheme: 'dark' });
      const { page } = screen;
      await screen.option('services/').click();
      await screen.detail.getByRole('heading', { name: longPath }).waitFor();
      const spill = () =>
        page.evaluate(() =>
          [...document.querySelectorAll('.room, .pane-list, .pane-detail, dialog')]
            .filter((part) => part.scrollWidth > part.clientWidth)
            .map((part) => part.className),
        );
      assert.deepEqual(await spill(), [], 'nothing reaches past an edge');
      await cleanPage(page, stage);
      await screen.menu('Delete for good…');
      await screen.dialog().getByRole('button', { name: 'Keep it' }).waitFor();
      assert.deepEqual(await spill(), []);
      await page.keyboard.press('Escape');
      await screen.detail.getByRole('button', { name: 'Back to the list' }).click();
      await page.getByRole('button', { name: 'Tree', exact: true }).click();
      await screen.branch('services').waitFor();
      assert.deepEqual(await spill(), []);
      await cleanPage(page, stage);
    }),
  );
}
