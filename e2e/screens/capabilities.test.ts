import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { onUpstreamStage } from './upstream-stage.ts';
import { CapabilitiesScreen } from './window-pages.ts';

for (const place of places) {
  test(`a capability is found, described, limited, switched off and on (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new CapabilitiesScreen(page).ready();
      await screen.go('Capabilities');
      await screen.find('chat-completions');
      await screen.option(/ openai\/chat-completions/).click();
      await screen.detail.getByRole('heading', { name: 'openai/chat-completions' }).waitFor();
      for (const [title, word] of [
        ['curl', 'curl'],
        ['Node', 'fetch'],
        ['Python', 'import'],
        ['CLI', 'aivault invoke'],
      ] as const) {
        await screen.detail.getByRole('button', { name: title, exact: true }).click();
        await screen.detail
          .getByRole('region', { name: `${title} example` })
          .getByText(word)
          .first()
          .waitFor();
      }

      await screen.detail.getByLabel('Request size').fill('64');
      await screen.detail.getByLabel('Hide in answers').fill('$.choices.*.message.content');
      await screen.detail.getByRole('button', { name: 'Save limits' }).click();
      await screen.toast('Limits of openai/chat-completions saved.').waitFor();
      const { policy } = await stage.call('policies.show', { capability: 'openai/chat-completions' });
      assert.deepEqual(policy, {
        rateLimitPerMinute: 60,
        maxRequestBodyBytes: 64 * 1024,
        maxResponseBodyBytes: null,
        responseBodyBlocklist: ['$.choices.*.message.content'],
      });

      await screen.detail.getByRole('switch').click();
      await screen.detail.getByText('Disabled: every call is refused.').waitFor();
      await screen.detail.getByRole('switch').click();
      await screen.detail.getByText('Ready.', { exact: true }).waitFor();
      await cleanPage(page, stage);
    }),
  );

  test(`what is not ready says what it needs and leads to adding it (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      const screen = await new CapabilitiesScreen(page).ready();
      await screen.go('Capabilities');
      await screen.find('anthropic/messages');
      await screen.option(/ anthropic\/messages/).click();
      await screen.detail.getByText('Available: it needs a key.').waitFor();
      await screen.detail.getByRole('button', { name: 'Add ANTHROPIC_API_KEY' }).click();
      await screen.dialog('Add secret').locator('textarea').fill('sk-ant-api03-notarealone000000000000000000');
      await screen.dialog('Add secret').getByRole('button', { name: 'Add secret' }).click();
      await screen.toast(/Credential auto-provisioned: anthropic/).waitFor();
      await cleanPage(page, stage);
    }),
  );

  test(
    `try it sends one real request and shows status, time and the redacted answer (host: ${place})`,
    { skip: noBrowser },
    () =>
      onUpstreamStage(place, {}, async (stage, upstream) => {
        await stage.call('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai });
        const page = await stage.open();
        const screen = await new CapabilitiesScreen(page).ready();
        await screen.go('Capabilities');
        await screen.find('openai/models');
        await screen.option(/ openai\/models/).click();
        await screen.detail.getByRole('heading', { name: 'Try it' }).waitFor();
        await screen.detail.getByLabel('Path').fill('/v1/models');
        await screen.detail.getByRole('button', { name: 'Send' }).click();
        await screen.detail.getByText(/^200/).waitFor();
        await screen.detail.getByRole('region', { name: 'answer' }).getByText('/v1/models').waitFor();
        assert.deepEqual(upstream.requests[0]?.header('authorization'), [`Bearer ${canaries.openai}`]);
        await screen.detail.getByLabel('Path').fill('/v1/organization/api_keys');
        await screen.detail.getByRole('button', { name: 'Send' }).click();
        await screen.problem().getByText('policy_violation').waitFor();
        assert.equal(upstream.requests.length, 1, 'a refused try reaches nobody');
        await cleanPage(page, stage);
      }),
  );
}
