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
        await refused.filter({ hasText: 'nightly sync' }).click();
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
        await screen.detail.getByRole('button', { name: 'Revoke this token' }).click();
        await screen.toast(/nightly sync revoked/).waitFor();
        assert.equal(await callOpenai(stage, token, '/v1/chat/completions'), 401);
        assert.ok((await stage.call('tokens.list', { all: true })).tokens.find((one) => one.id === id)?.revokedAtMs);
        await cleanPage(page, stage);
      }),
  );
}
