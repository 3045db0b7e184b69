import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, places } from './stages.ts';
import { callOpenai, onUpstreamStage } from './upstream-stage.ts';
import { ActivityScreen } from './window-pages.ts';

for (const place of places) {
  test(
    `calls and refusals arrive live, with the stage trace, in an intact chain (host: ${place})`,
    { skip: noBrowser },
    () =>
      onUpstreamStage(place, {}, async (stage, upstream) => {
        await stage.call('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai });
        const { token, id } = await stage.call('tokens.mint', {
          name: 'nightly sync',
          capabilities: ['openai/chat-completions'],
        });
        const page = await stage.open();
        const screen = await new ActivityScreen(page).ready();
        await screen.go('Activity');
        await screen.option('tokens.mint').waitFor();
        await screen.intact().waitFor();

        assert.equal(await callOpenai(stage, token, '/v1/chat/completions'), 200);
        await screen.option('openai/chat-completions').filter({ hasText: '200' }).waitFor();
        assert.equal(await callOpenai(stage, token, '/v1/embeddings'), 403);
        const refused = screen.option('refused');
        await refused.waitFor();
        await refused.filter({ hasText: 'POST /v1/embeddings' }).filter({ hasText: 'nightly sync' }).click();
        await screen.detail.getByText('Nothing was sent and no key was opened.').waitFor();
        await screen.detail.getByText('policy_violation').waitFor();
        const reached = await screen.detail.locator('.trace li:not(.unreached)').allTextContents();
        assert.ok(reached.length >= 2 && reached.some((line) => line.includes('refused')), reached.join());
        assert.equal(upstream.requests.length, 1);

        await page.getByRole('button', { name: 'Refused' }).click();
        await screen.option('tokens.mint').waitFor({ state: 'detached' });
        await becomes(() => screen.list.getByRole('option').count(), 1);
        await page.getByRole('button', { name: 'Clear' }).click();
        await screen.option('tokens.mint').waitFor();

        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Export' }).click();
        const lines = readFileSync(await (await download).path(), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        assert.ok(lines.length >= 5, 'the whole chain');
        assert.ok(!JSON.stringify(lines).includes(canaries.openai) && !JSON.stringify(lines).includes(token), 'I1');

        await screen.option('refused').click();
        const revoke = screen.detail.getByRole('button', { name: 'Revoke this token' });
        await revoke.click();
        await screen
          .dialog('Revoke nightly sync?')
          .getByText(/It cannot be brought back; mint another one/)
          .waitFor();
        await page.keyboard.press('Enter');
        await screen.dialog().waitFor({ state: 'detached' });
        assert.notEqual(await callOpenai(stage, token, '/v1/chat/completions'), 401, 'kept');
        await revoke.click();
        await screen.dialog().getByRole('button', { name: 'Revoke token' }).click();
        await screen.toast(/nightly sync revoked/).waitFor();
        assert.equal(await callOpenai(stage, token, '/v1/chat/completions'), 401);
        assert.ok((await stage.call('tokens.list', { all: true })).tokens.find((one) => one.id === id)?.revokedAtMs);
        await cleanPage(page, stage);
      }),
  );

  test(
    `the log is filtered by time, capability, credential and caller, and can stand still (host: ${place})`,
    {
      skip: noBrowser,
    },
    () =>
      onUpstreamStage(place, {}, async (stage) => {
        await stage.call('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai });
        const { token } = await stage.call('tokens.mint', {
          name: 'nightly sync',
          capabilities: ['openai/chat-completions', 'openai/embeddings'],
        });
        for (const path of ['/v1/chat/completions', '/v1/embeddings']) await callOpenai(stage, token, path);
        const page = await stage.open();
        const screen = await new ActivityScreen(page).ready();
        await screen.go('Activity');
        const calls = screen.option(/openai\/(chat-completions|embeddings)/);
        await becomes(() => calls.count(), 2);
        const mint = screen.option('tokens.mint');
        await mint.waitFor();

        await page.getByLabel('Capability', { exact: true }).selectOption('openai/embeddings');
        await becomes(() => calls.count(), 1);
        await page.getByRole('button', { name: 'Clear' }).click();
        await page.getByLabel('Credential', { exact: true }).selectOption('openai');
        await mint.waitFor({ state: 'detached' });
        await becomes(() => calls.count(), 2);
        await page.getByRole('button', { name: 'Clear' }).click();
        await page.getByLabel('Caller', { exact: true }).selectOption('nightly sync');
        await mint.waitFor({ state: 'detached' });
        await becomes(() => calls.count(), 2);
        await page.getByRole('button', { name: 'Clear' }).click();
        await mint.waitFor();
        await page.getByLabel('Time', { exact: true }).selectOption('Last hour');
        await page.getByRole('img', { name: 'Calls over time: 2 allowed, 0 refused' }).waitFor();

        await page.getByRole('button', { name: 'Live' }).click();
        await page.getByRole('button', { name: 'Paused' }).waitFor();
        await callOpenai(stage, token, '/v1/embeddings');
        await page.waitForTimeout(700);
        assert.equal(await calls.count(), 2, 'nothing comes in while it is paused');
        await page.getByRole('button', { name: 'Paused' }).click();
        await becomes(() => calls.count(), 3);
      }),
  );
}

test('a broken chain is said in red, with the entry it breaks at (host: console)', { skip: noBrowser }, () =>
  onUpstreamStage('console', { furnished: true }, async (stage) => {
    const page = await stage.open();
    const screen = await new ActivityScreen(page).ready();
    const verdict = { intact: false, entries: 12, break: { seq: 7, reason: 'edited' } };
    await page.route('**/call/audit.verify', (route) => route.fulfill({ json: { ok: true, value: verdict } }));
    await screen.go('Activity');
    const mark = screen.problem().filter({ hasText: 'chain broken at entry 7' });
    await mark.waitFor();
    const [red, colour] = await mark.evaluate((element) => {
      const probe = document.createElement('span');
      probe.style.color = 'var(--bad)';
      document.body.append(probe);
      const wanted = getComputedStyle(probe).color;
      probe.remove();
      return [wanted, getComputedStyle(element).color];
    });
    assert.equal(colour, red);
    await cleanPage(page, stage);
  }),
);
