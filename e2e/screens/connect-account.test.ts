import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { cleanPage } from './clean-page.ts';
import { noBrowser, onStage, places } from './stages.ts';
import { SecretsScreen } from './window-pages.ts';

// An account connected from the window. Consent itself is the provider's page, which is nowhere here: the test goes the
// browser's way back from it.

const skip = noBrowser || missing('openssl');
const clientSecret = 'CANARY-client-secret-0123456789';
const refreshToken = 'CANARY-refresh-1//0gZk3vQ9x0Lq7TmWc2Rb8';
let google: FakeUpstream;

/** Comes back from the consent page, as its browser would. */
async function comeBack(page: Page, outcome: Readonly<Record<string, string>>): Promise<void> {
  const consent = new URL((await page.getByRole('link', { name: 'Open accounts.google.com' }).getAttribute('href'))!);
  const back = new URL(consent.searchParams.get('redirect_uri')!);
  back.search = new URLSearchParams({ state: consent.searchParams.get('state')!, ...outcome }).toString();
  await (await fetch(back)).text();
}

describe('accounts in the window', () => {
  before(async () => {
    if (skip !== false) return;
    google = await startFakeUpstream({ names: ['oauth2.googleapis.com'] });
    google.behave((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: 'ya29.x', expires_in: 3599, refresh_token: refreshToken }));
    });
  });
  after(() => google?.close());
  const options = () => ({
    environment: {
      AIVAULT_DEV_RESOLVE: google.resolve('oauth2.googleapis.com'),
      AIVAULT_DEV_CA_CERT_PATH: google.authority.certPath,
    },
  });

  for (const place of places) {
    test(`an account is connected by consent, and connected again (host: ${place})`, { skip }, () =>
      onStage(place, options(), async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await page.getByRole('button', { name: 'Add secret' }).click();
        await screen.dialog().getByLabel('Name').fill('GOOGLE_GMAIL_OAUTH');
        await screen.dialog().getByRole('button', { name: 'Connect the account instead' }).click();

        const form = screen.dialog('Connect an account');
        assert.equal(await form.getByLabel('Provider').inputValue(), 'google-gmail');
        assert.match(await form.getByLabel('Asks for').inputValue(), /gmail\.send/);
        const onwards = form.getByRole('button', { name: 'Continue' });
        assert.equal(await onwards.isDisabled(), true, 'an application is needed');
        await form.getByLabel('Client id').fill('app.example');
        await form.getByLabel('Client secret').fill(clientSecret);
        await cleanPage(page, stage);
        await onwards.click();

        const consent = screen.dialog('Give consent');
        await consent.getByText(/Waiting for the browser to come back/).waitFor();
        await cleanPage(page, stage);
        assert.ok(!(await page.content()).includes(clientSecret), 'the field was emptied');
        await comeBack(page, { error: 'access_denied' });
        await consent.getByRole('alert').waitFor();
        await consent.getByRole('button', { name: 'Try again' }).click();
        assert.equal(await form.getByLabel('Client id').inputValue(), 'app.example', 'what was typed is still there');
        await form.getByLabel('Client secret').fill(clientSecret);
        await onwards.click();
        await consent.getByText(/Waiting for the browser/).waitFor();
        await comeBack(page, { code: 'CANARY-code' });
        await page.getByText('Gmail connected.').waitFor();
        await screen.detail.getByRole('heading', { name: 'GOOGLE_GMAIL_OAUTH' }).waitFor();

        await screen.detail.getByRole('button', { name: 'More', exact: true }).click();
        await page.getByRole('menuitem', { name: 'Connect again…' }).click();
        const again = screen.dialog('Connect the account again');
        await again.getByText('Empty: the one that is stored.').first().waitFor();
        await again.getByRole('button', { name: 'Continue' }).click();
        await consent.getByText(/Waiting for the browser/).waitFor();
        await comeBack(page, { code: 'CANARY-code' });
        await consent.waitFor({ state: 'detached' });
        const { secrets } = await stage.call('secrets.list', {});
        assert.deepEqual(
          secrets.map(({ name, valueVersion }) => [name, valueVersion]),
          [['GOOGLE_GMAIL_OAUTH', 2]],
        );
        const last = new URLSearchParams(String(google.requests.at(-1)?.body));
        assert.equal(last.get('client_secret'), clientSecret, 'the stored client was used');
        for (const value of [clientSecret, refreshToken, 'CANARY-code']) {
          assert.ok(!(await page.content()).includes(value), value);
          assert.ok(!stage.output().includes(value), value);
        }
        await cleanPage(page, stage);
      }),
    );

    test(`who gives up leaves nothing open (host: ${place})`, { skip }, () =>
      onStage(place, options(), async (stage) => {
        const page = await stage.open();
        const screen = await new SecretsScreen(page).ready();
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill('connect an');
        await page.getByRole('option', { name: /^Connect an account/ }).click();
        const form = screen.dialog('Connect an account');
        await form.getByLabel('Provider').selectOption('google-gmail');
        await form.getByLabel('Client id').fill('app.example');
        await form.getByRole('button', { name: 'Continue' }).click();
        const consent = screen.dialog('Give consent');
        const href = (await consent.getByRole('link').getAttribute('href')) ?? '';
        const back = new URL(href).searchParams.get('redirect_uri')!;
        await consent.getByRole('button', { name: 'Give up' }).click();
        await consent.waitFor({ state: 'detached' });
        for (let tries = 0; ; tries += 1) {
          const answered = await fetch(back).then(
            () => true,
            () => false,
          );
          if (!answered) break;
          assert.ok(tries < 50, 'the way back is still open');
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.deepEqual((await stage.call('secrets.list', {})).secrets, []);
      }),
    );
  }
});
