import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asking, capability, onAsking, path } from './asking.ts';
import { becomes } from './becomes.ts';
import { cleanPage } from './clean-page.ts';
import { photographer } from './photographer.ts';
import { noBrowser, places } from './stages.ts';
import { callOpenai } from './upstream-stage.ts';
import { AccessScreen, CapabilitiesScreen, SecretsScreen } from './window-pages.ts';

// The card of a request that waits: real requests through the endpoint, answered by a person in the page.

const passphrase = 'four words are enough';

/** What somebody could write to look like something else: markup, direction marks, controls, sheer length. */
const wild = {
  name: `god <img src=x onerror="document.title='x'"> ${'N'.repeat(72)}`,
  body: `</pre><script>document.title='x'</script>\u202e\u0007Allow this\n\nWritten by aivault: harmless ${'W'.repeat(10_000)}`,
  target: `${path}?harmless=${'y'.repeat(1_500)}&last=1`,
} as const;

for (const place of places) {
  const shown = (title: string, use: (asking: Asking) => Promise<void>, options?: Parameters<typeof onAsking>[2]) =>
    test(`${title} (host: ${place})`, { skip: noBrowser }, () => onAsking(place, use, options));

  shown('a request waits until it is allowed, once; the next one asks again', async (asking) => {
    const { stage, upstream, page, card, call } = asking;
    const answer = call('{"model":"m","messages":["hello"]}');
    await card.ready();
    await card.card.getByText('POST https://api.openai.com/v1/chat/completions').waitFor();
    await card.card
      .getByRole('region', { name: 'Written by the caller' })
      .getByText('{"model":"m","messages":["hello"]}')
      .waitFor();
    assert.equal(await card.rule.innerText(), 'Rule: claude in web-shop may send exactly this request, once.');
    await card.card.getByText(/^refused by itself in 1[12]\d s$/).waitFor();
    assert.equal(upstream.requests.length, 0);
    await cleanPage(page, stage);
    await card.allow.click();
    assert.equal(await answer, 200);
    await card.gone();
    assert.deepEqual(
      upstream.requests.map(({ body }) => body.toString()),
      ['{"model":"m","messages":["hello"]}'],
    );
    const again = call();
    await card.ready();
    await card.deny.click();
    assert.equal(await again, 403);
    await card.gone();
    assert.equal(upstream.requests.length, 1);
    // Where the shell can ask the person itself it did.
    const { entries } = await stage.call('audit.list', { kind: 'approvals.allow', limit: 1 });
    assert.equal(entries[0]?.presence, place === 'console' ? 'none' : 'window');
  });

  shown('H4 Allow begins to work after a second, and again when anything about the card changes', async (asking) => {
    const { page, card, call, upstream } = asking;
    const since = performance.now();
    const answer = call();
    await card.ready();
    assert.equal(await card.armed(), false);
    // What a page or a mouse does to it before has no effect.
    await card.allow.dispatchEvent('click');
    const box = (await card.allow.boundingBox())!;
    await page.mouse.click(box.x + 10, box.y + 10);
    assert.ok(performance.now() - since < 1_000, 'the machine was too slow for this test');
    await becomes(() => card.armed(), true);
    assert.ok(performance.now() - since >= 1_000);

    await card.narrow('For an hour');
    assert.equal(await card.armed(), false, 'another rule');
    await becomes(() => card.armed(), true);
    // The second request is like the first: the card says so.
    const second = call();
    await card.card.getByText(/1 request like it waits too/).waitFor();
    assert.equal(await card.armed(), false, 'other content');
    await becomes(() => card.armed(), true);
    await page.setViewportSize({ width: 1200, height: 760 });
    await becomes(() => card.armed(), false, 'another place');
    await becomes(() => card.armed(), true);
    assert.equal(upstream.requests.length, 0);
    await card.deny.click();
    assert.deepEqual(await Promise.all([answer, second]), [403, 403]);
  });

  shown('H4 a storm of Enter allows nothing, wherever the keys are; Space on Allow does', async (asking) => {
    const { page, card, call, upstream, stage } = asking;
    const screen = new SecretsScreen(page);
    const filter = page.getByRole('searchbox', { name: 'Filter secrets' });
    await filter.fill('OPENAI');
    const answer = call();
    await card.ready();
    assert.equal(await filter.evaluate((field) => field === document.activeElement), true, 'the keys stayed');
    const storm = async () => {
      for (let times = 0; times < 40; times += 1) await page.keyboard.press('Enter');
    };
    await storm();
    await page.waitForTimeout(1_200);
    await storm();
    await page.keyboard.type('_API');
    assert.equal(await filter.inputValue(), 'OPENAI_API');
    await card.allow.focus();
    await storm();
    await card.card.getByText('Enter never allows. Press the space bar, or click.').waitFor();
    assert.equal((await stage.call('approvals.list', {})).waiting.length, 1, 'it waits as before');
    assert.equal(upstream.requests.length, 0);
    await screen.option('OPENAI_API_KEY').waitFor();
    await card.allow.press('Space');
    assert.equal(await answer, 200);
  });

  shown('A brings the keys to Deny, Esc denies, and the keys go on to the next card', async (asking) => {
    const { page, card, call, stage, upstream } = asking;
    const { token } = await stage.call('tokens.mint', { name: 'nightly sync', capabilities: [capability] });
    const first = call();
    await card.ready();
    await card.card.getByText('claude in web-shop wants to use openai/chat-completions').waitFor();
    const before = await card.allow.boundingBox();
    const second = callOpenai(stage, token, path);
    await card.behind.getByText('nightly sync').waitFor();
    assert.deepEqual(await card.allow.boundingBox(), before, 'what comes later moves nothing');
    await page.keyboard.press('a');
    const focused = () => card.deny.evaluate((button) => button === document.activeElement);
    assert.equal(await focused(), true);
    await page.keyboard.press('Escape');
    assert.equal(await first, 403);
    await card.card.getByText('nightly sync wants to use openai/chat-completions').waitFor();
    await becomes(focused, true);
    assert.equal(await card.armed(), false);
    await page.keyboard.press('Enter');
    assert.equal(await second, 403, 'Enter on Deny denies');
    await card.gone();
    assert.equal(upstream.requests.length, 0);
  });

  shown('H5 a question that was answered elsewhere says so and goes; the others stay', async (asking) => {
    const { stage, card, call, upstream } = asking;
    const first = call();
    await card.ready();
    const second = call('{"model":"another"}');
    await becomes(() => card.behind.count(), 1);
    const { waiting } = await stage.call('approvals.list', {});
    await stage.call('approvals.allow', { approvalId: waiting[0]!.approvalId }, { confirmed: true });
    assert.equal(await first, 200);
    await card.card.getByText('Answered elsewhere, or its caller left.').waitFor();
    assert.equal(await card.deny.isDisabled(), true);
    assert.equal(await card.allow.isDisabled(), true);
    await card.card.getByText('{"model":"another"}').waitFor();
    await becomes(() => card.behind.count(), 0);
    await card.deny.click();
    assert.equal(await second, 403);
    assert.equal(upstream.requests.length, 1);
  });

  shown('an approval that stands is said as a sentence, listed in Access, and withdrawn there', async (asking) => {
    const { stage, page, card, call, upstream } = asking;
    const first = call();
    await card.ready();
    assert.equal(await card.card.getByRole('button', { name: 'Anything the capability allows' }).isDisabled(), true);
    await card.narrow('For an hour');
    assert.match(
      await card.rule.innerText(),
      /^Rule: claude in web-shop may send POST to exactly this address, with any body, until \d\d:\d\d\.$/,
    );
    await card.narrow('Anything the capability allows');
    assert.match(
      await card.rule.innerText(),
      /^Rule: claude in web-shop may send anything openai\/chat-completions allows, with openai, until \d\d:\d\d\.$/,
    );
    await card.narrow('Until its token ends');
    await card.narrow('This request');
    await card.card.getByRole('button', { name: 'Allow until its token ends' }).click();
    assert.equal(await first, 200);
    await card.gone();
    assert.equal(await call('{"model":"any body"}'), 200, 'covered: nobody is asked');
    assert.equal(upstream.requests.length, 2);

    await new AccessScreen(page).go('Access');
    const standing = page.getByRole('region', { name: 'Standing approvals' });
    await standing
      .getByText('claude in web-shop may send POST https://api.openai.com/v1/chat/completions, with any body')
      .waitFor();
    await standing.getByText('until its token ends').waitFor();
    await photographer(stage)(page, 'standing-approvals');
    await standing.getByRole('button', { name: 'Withdraw' }).click();
    await standing.waitFor({ state: 'detached' });
    const again = call('{"model":"any body"}');
    await card.ready();
    await card.deny.click();
    assert.equal(await again, 403);
  });

  shown(
    'the policy editor makes a capability ask; stopping it takes a person',
    async (asking) => {
      const { stage, page, card, call } = asking;
      const screen = new CapabilitiesScreen(page);
      await screen.go('Capabilities');
      await screen.find('chat-completions');
      await screen.option(/ openai\/chat-completions/).click();
      await screen.detail.getByText('Ready. Each call waits until you allow it.').waitFor();
      const ask = screen.detail.getByRole('switch', { name: 'Ask before each call' });
      await ask.scrollIntoViewIfNeeded();
      await photographer(stage)(page, 'policy-asks');
      await ask.click();
      const stop = screen.dialog('Stop asking?');
      await stop.getByText('Each call of openai/chat-completions waits for your yes now.').waitFor();
      await photographer(stage)(page, 'dialog-stop-asking');
      await stop.getByRole('button', { name: 'Cancel' }).click();
      await stop.waitFor({ state: 'detached' });
      assert.equal(await ask.isChecked(), true);
      await ask.click();
      stage.answerDialog?.(0);
      await stop.getByRole('button', { name: 'Stop asking' }).click();
      await stop.getByText('presence_required').waitFor();
      assert.equal((await stage.call('policies.show', { capability })).policy.askOperator, true);
      stage.answerDialog?.(1);
      if (place === 'console') await stop.getByLabel('Your passphrase again').fill(passphrase);
      await stop.getByRole('button', { name: 'Stop asking' }).click();
      await screen.detail.getByText('Ready.', { exact: true }).waitFor();
      assert.equal((await stage.call('policies.show', { capability })).policy.askOperator, false);
      assert.equal(await call(), 200, 'sent at once');
      await ask.click();
      await screen.detail.getByText('Ready. Each call waits until you allow it.').waitFor();

      // The window's own try is asked about as well, in the same window.
      await screen.detail.getByRole('button', { name: 'Send' }).click();
      await card.ready();
      await card.card.getByText(/^The (window|console) wants to use/).waitFor();
      assert.equal(await card.card.getByRole('button', { name: 'Until its token ends' }).count(), 0);
      if (place === 'console') await card.card.getByLabel('Your passphrase again').fill(passphrase);
      await card.allow.click();
      await screen.detail.getByText(/^200/).waitFor();
    },
    { choice: { provider: 'passphrase', passphrase } },
  );

  shown('a capability of one’s own that asks is deleted after a word about it', async ({ stage, page }) => {
    const own = 'openai/mine';
    await stage.call('capabilities.create', { id: own, methods: ['GET'], paths: ['/v1/mine'], credential: 'openai' });
    await stage.call('policies.set', { capability: own, askOperator: true });
    const screen = new CapabilitiesScreen(page);
    await screen.go('Capabilities');
    await screen.find('mine');
    await screen.option(/ openai\/mine/).click();
    await screen.detail.getByRole('button', { name: 'Delete openai/mine' }).click();
    const sure = screen.dialog('Delete capability openai/mine?');
    await sure.getByText(/Each call waits for your yes now\. Made anew it asks nobody/).waitFor();
    await sure.getByRole('button', { name: 'Delete capability' }).click();
    await screen.option(/ openai\/mine/).waitFor({ state: 'detached' });
    await cleanPage(page, stage);
  });

  shown(
    'H3 nothing a caller writes can pass for the host, hide where it goes, or become markup',
    async (asking) => {
      const { stage, page, card, call } = asking;
      const answer = call(wild.body, wild.target);
      await card.ready();
      const title = await card.card.getByRole('heading').innerText();
      assert.match(title, /^god <img src=x onerror="document\.title='x'"> N{72} wants to use openai/);
      const sent = await card.card.getByRole('region', { name: 'What would be sent' });
      assert.ok((await sent.innerText()).startsWith('POST https://api.openai.com/v1/chat/completions?harmless=yyy'));
      assert.ok((await sent.innerText()).endsWith('&last=1'), 'the whole of it is there to be scrolled to');
      await card.card.getByText(/^1,\d{3} characters: scroll to see the end\.$/).waitFor();
      const words = card.card.getByRole('region', { name: 'Written by the caller' });
      assert.match(
        await words.innerText(),
        /^<\/pre><script>.*<\/script>\\u202e\\u0007Allow this\n\nWritten by aivault/,
      );
      assert.ok((await words.innerText()).length <= 2_000);
      await card.card.getByText('Written by the caller, the beginning').waitFor();
      const made = await card.place.evaluate((place) => ({
        elements: place.querySelectorAll('img, script, iframe, a').length,
        direction: /[\u202a-\u202e\u2066-\u2069]/.test(place.textContent ?? ''),
        title: document.title,
      }));
      assert.deepEqual(made, { elements: 0, direction: false, title: 'aivault' });
      // The box scrolls, the card does not grow: host, rule and buttons are in view, in every look.
      const picture = photographer(stage);
      await picture(page, 'approval-wild');
      for (const [width, height] of [
        [1280, 800],
        [800, 600],
      ] as const) {
        await page.setViewportSize({ width, height });
        for (const part of [sent, card.rule, card.deny, card.allow]) {
          const box = (await part.boundingBox())!;
          assert.ok(box.y >= 0 && box.y + Math.min(box.height, 40) <= height, `${width} × ${height}`);
        }
        const over = await card.place.evaluate((place) => place.scrollWidth - place.clientWidth);
        assert.ok(over <= 0, `${over} px too wide`);
      }
      // As at 200 % zoom.
      await page.setViewportSize({ width: 640, height: 400 });
      await card.deny.click();
      assert.equal(await answer, 403);
    },
    { name: wild.name },
  );

  shown('the card has its pictures: one, many, the last of its kind, gone', async (asking) => {
    const { stage, page, card, call } = asking;
    const picture = photographer(stage);
    const answers = [call('{"model":"gpt-5","messages":[{"role":"user","content":"Summarise the release."}]}')];
    await card.ready();
    await becomes(() => card.armed(), true);
    await picture(page, 'approval');
    for (const name of ['nightly sync', 'مفتاح-الفواتير', 'release notes']) {
      const { token } = await stage.call('tokens.mint', { name, capabilities: [capability] });
      for (const body of ['{"model":"a"}', '{"model":"b"}']) answers.push(callOpenai(stage, token, path, body));
      await becomes(async () => (await card.behind.count()) > 0, true);
    }
    await becomes(async () => (await stage.call('approvals.list', {})).waiting.length, 7);
    await card.place.getByText('and 2 more').waitFor();
    await picture(page, 'approvals');
    await card.behind.filter({ hasText: 'مفتاح-الفواتير' }).first().getByRole('button').click();
    await card.card.getByText('مفتاح-الفواتير').first().waitFor();
    for (const { approvalId } of (await stage.call('approvals.list', {})).waiting)
      await stage.call('approvals.deny', { approvalId });
    await card.card.getByText('Answered elsewhere, or its caller left.').waitFor();
    await page.screenshot();
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([403]));
    await card.gone();
  });

  shown(
    'where a passphrase opens the vault the yes takes it again, or the system asks',
    async (asking) => {
      const { stage, page, card, call, upstream } = asking;
      const field = card.card.getByLabel('Your passphrase again');
      const answer = call();
      await card.ready();
      if (place === 'console') {
        await photographer(stage)(page, 'approval-passphrase');
        await field.fill('not the passphrase');
        await field.press('Enter');
        await card.allow.click();
        await card.card.getByText('The passphrase is wrong.').waitFor();
        assert.equal(upstream.requests.length, 0, 'it waits as before');
        await field.fill(passphrase);
      } else {
        assert.equal(await field.count(), 0);
        stage.answerDialog?.(0);
        await card.allow.click();
        await card.card.getByText('Nobody confirmed it in the window.').waitFor();
        assert.equal(upstream.requests.length, 0, 'it waits as before');
        await field.waitFor();
        stage.answerDialog?.(1);
      }
      await card.allow.click();
      assert.equal(await answer, 200);
      await card.gone();
    },
    { choice: { provider: 'passphrase', passphrase } },
  );
}

test('a yes that came too late says that it was answered elsewhere (host: console)', { skip: noBrowser }, () =>
  onAsking('console', async ({ stage, page, card, call, upstream }) => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await page.route('**/call/approvals.allow', async (route) => {
      await arrived;
      await route.continue();
    });
    const answer = call();
    await card.ready();
    await card.allow.click();
    const { waiting } = await stage.call('approvals.list', {});
    await stage.call('approvals.deny', { approvalId: waiting[0]!.approvalId });
    assert.equal(await answer, 403);
    await page.waitForTimeout(400);
    assert.equal(await card.card.getByText(/Answered elsewhere/).count(), 0, 'nobody knows yet');
    arrive();
    await card.card.getByText('Answered elsewhere, or its caller left.').waitFor();
    await card.gone();
    assert.equal(upstream.requests.length, 0);
  }),
);

test(
  'the small window of the shell shows the card and nothing else, with the keys on Deny (host: double)',
  { skip: noBrowser },
  () =>
    onAsking('double', async ({ stage, page, card, call, upstream }) => {
      await page.setViewportSize({ width: 480, height: 450 });
      await page.evaluate(() => {
        location.hash = '#approvals';
      });
      await page.reload();
      await page.getByText('Nothing waits.').waitFor();
      const answer = call('{"model":"gpt-5","messages":[{"role":"user","content":"Summarise the release."}]}');
      await card.ready();
      await becomes(() => card.deny.evaluate((button) => button === document.activeElement), true);
      assert.equal(await page.getByRole('navigation').count(), 0);
      await photographer(stage)(page, 'approval-window', [480], 450);
      await page.setViewportSize({ width: 480, height: 450 });
      await becomes(() => card.armed(), true);
      await page.keyboard.press('Enter');
      assert.equal(await answer, 403);
      await page.getByText('Nothing waits.').waitFor();
      assert.equal(upstream.requests.length, 0);
      await cleanPage(page, stage);
    }),
);
