import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { onUpstreamStage } from './upstream-stage.ts';
import { CapabilitiesScreen, SecretsScreen } from './window-pages.ts';

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
        askOperator: false,
      });

      const enabled = screen.detail.getByRole('switch', { name: 'openai/chat-completions enabled' });
      await enabled.click();
      await screen.detail.getByText('Disabled: every call is refused.').waitFor();
      await enabled.click();
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
      const needs = await screen.detail.getByRole('heading', { name: 'What it needs' }).boundingBox();
      const facts = await screen.detail.getByText('Sent to').boundingBox();
      assert.ok(needs!.y < facts!.y, 'the next step stands before the particulars');
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

  test(`a key of one's own gets a credential and a capability (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new CapabilitiesScreen(page).ready();
      const secrets = new SecretsScreen(page);
      await secrets.option('INTERNAL_BILLING_KEY').click();
      await secrets.detail.getByRole('button', { name: 'Set one up' }).click();
      const credential = screen.dialog('New credential');
      const chosen = credential.getByLabel('Secret', { exact: true });
      await becomes(() => chosen.locator('option:checked').innerText(), 'INTERNAL_BILLING_KEY');
      assert.deepEqual(
        (await chosen.locator('option').allInnerTexts()).filter((text) => text.startsWith('SLACK')),
        ['SLACK_BOT_TOKEN (group web-shop / agents)'],
        'those of the same name are told apart',
      );
      const id = credential.getByLabel('Id', { exact: true });
      assert.equal(await id.evaluate((field) => field === document.activeElement), true);
      await id.fill('billing');
      await credential.getByLabel('Provider', { exact: true }).fill('billing');
      await credential.getByLabel('Host', { exact: true }).fill('api.billing.example');
      await credential.getByLabel('The key goes in', { exact: true }).selectOption('a header of its own');
      await credential.getByLabel('Header', { exact: true }).fill('x-billing-key');
      await credential.getByRole('button', { name: 'Create credential' }).click();
      await screen.toast('Credential billing created. It is sent to api.billing.example only.').waitFor();

      await screen.go('Capabilities');
      await page.getByRole('button', { name: 'New capability' }).click();
      const capability = screen.dialog('New capability');
      await capability.getByLabel('Id', { exact: true }).fill('billing/invoices');
      await capability.getByLabel('Credential', { exact: true }).selectOption('billing');
      await capability.getByRole('checkbox', { name: 'POST' }).check();
      await capability.getByLabel('Paths', { exact: true }).fill('/v1/invoices/**');
      await capability.getByLabel('But not', { exact: true }).fill('/v1/invoices/void');
      await capability.getByRole('button', { name: 'Create capability' }).click();
      await screen.detail.getByRole('heading', { name: 'billing/invoices' }).waitFor();
      await screen.detail.getByText('Ready.', { exact: true }).waitFor();
      const made = await stage.call('capabilities.describe', { id: 'billing/invoices' });
      assert.deepEqual(
        [made.methods, made.paths, made.exclude, made.credentials],
        [['GET', 'POST'], ['/v1/invoices/**'], ['/v1/invoices/void/**'], ['billing']],
      );

      // It goes after a word about what goes with it, and the harmless answer has the keys.
      await screen.detail.getByRole('button', { name: 'Delete billing/invoices' }).click();
      const sure = screen.dialog('Delete capability billing/invoices?');
      await sure.getByText(/Its limits go with it; its credential and the key stay\.$/).waitFor();
      await page.keyboard.press('Enter');
      await sure.waitFor({ state: 'detached' });
      await screen.detail.getByRole('button', { name: 'Delete billing/invoices' }).click();
      await sure.getByRole('button', { name: 'Delete capability' }).click();
      await screen.detail
        .getByRole('heading', { name: 'billing/invoices', exact: true })
        .waitFor({ state: 'detached' });
      assert.ok((await stage.call('credentials.list', {})).credentials.some((one) => one.id === 'billing'));
      await cleanPage(page, stage);
    }),
  );
}

test(
  'what an update would add to the reach of keys is shown before it holds (host: console)',
  {
    skip: noBrowser,
  },
  () =>
    onStage('console', { furnished: true }, async (stage) => {
      const page = await stage.open();
      const screen = await new CapabilitiesScreen(page).ready();
      const change = { provider: 'acme', capability: 'acme/users', change: 'method', text: 'DELETE is new.' };
      let held = [change];
      const answer = (value: object) => ({ json: { ok: true, value } });
      await page.route('**/call/registry.review', (route) => route.fulfill(answer({ changes: held })));
      await page.route('**/call/registry.accept', (route) => {
        const accepted = held;
        held = [];
        return route.fulfill(answer({ accepted }));
      });
      await screen.go('Capabilities');
      await page.getByText('1 change held until you have seen them.').waitFor();
      await page.getByRole('button', { name: 'Review' }).click();
      const dialog = screen.dialog('Registry update');
      await dialog.getByText('DELETE is new.').waitFor();
      await cleanPage(page, stage);
      await dialog.getByRole('button', { name: 'Accept 1 change' }).click();
      await screen.toast('1 change accepted.').waitFor();
    }),
);
