import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBrowser, onStage, places } from './stages.ts';
import { Frame } from './window-pages.ts';

for (const place of places) {
  test(
    `the page's policy stops injected scripts, eval, styles from elsewhere and foreign requests (host: ${place})`,
    { skip: noBrowser },
    () =>
      onStage(place, {}, async (stage) => {
        const page = await stage.open();
        await new Frame(page).ready();
        const ends: string[] = [];
        page.on('requestfailed', (request) => ends.push(`${request.url()} ${request.failure()?.errorText}`));
        const reached = await page.evaluate(async () => {
          const broken: string[] = [];
          document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
          const tried: Record<string, string> = {};
          // A task of the page's own: while the debugger evaluates, it lets eval through.
          await new Promise((resolve) => setTimeout(resolve, 0));
          const attempt = (name: string, act: () => unknown) => {
            try {
              act();
              tried[name] = 'ran';
            } catch (error) {
              tried[name] = (error as Error).name;
            }
          };
          attempt('innerHTML', () => {
            document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>';
          });
          attempt('function', () => new Function('return 1')());
          attempt('script text', () => {
            const script = document.createElement('script');
            script.text = 'window.pwned = 1';
            document.head.append(script);
          });
          attempt('policy', () =>
            (
              globalThis as never as { trustedTypes: { createPolicy(name: string, rules: object): void } }
            ).trustedTypes.createPolicy('mine', {}),
          );
          const frame = document.createElement('iframe');
          frame.src = 'https://evil.test/';
          document.body.append(frame);
          const image = document.createElement('img');
          image.src = 'https://evil.test/x.png';
          document.body.append(image);
          const fetched = await fetch('https://evil.test/').then(
            () => 'answered',
            () => 'blocked',
          );
          await new Promise((resolve) => setTimeout(resolve, 100));
          return { tried, fetched, pwned: 'pwned' in globalThis, broken: [...new Set(broken)].toSorted() };
        });
        assert.deepEqual(
          Object.values(reached.tried).filter((outcome) => outcome === 'ran'),
          [],
          JSON.stringify(reached.tried),
        );
        assert.equal(reached.fetched, 'blocked');
        assert.equal(reached.pwned, false);
        for (const directive of ['connect-src', 'frame-src', 'img-src'])
          assert.ok(reached.broken.includes(directive), String(reached.broken));
        const left = (stage.watches[0]?.foreign ?? []).filter(
          (url) => !ends.some((end) => end.startsWith(`${url} `) && /csp/i.test(end)),
        );
        assert.deepEqual(left, [], `only refused by the policy: ${ends.join()}`);
      }),
  );

  test(`the page holds the bridge and nothing else of the host's (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      await new Frame(page).ready();
      const held = await page.evaluate(() => ({
        bridge: window.aivault === undefined ? null : Object.keys(window.aivault).toSorted(),
        frozen: Object.isFrozen(window.aivault),
        node: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
          (name) => name in globalThis,
        ),
      }));
      assert.deepEqual(held, {
        bridge: place === 'console' ? null : ['ask', 'onEvent'],
        frozen: true,
        node: [],
      });
    }),
  );

  test(`the port tools call serves no page (host: ${place})`, { skip: noBrowser }, () =>
    onStage(place, {}, async (stage) => {
      const page = await stage.open();
      await new Frame(page).ready();
      const script = await page.locator('script[src]').first().getAttribute('src');
      for (const path of ['/', '/index.html', '/icon.svg', script ?? '']) {
        const answer = await fetch(`${stage.baseUrl}${path}`, { headers: { accept: 'text/html' } });
        assert.ok(answer.status >= 400, `${path}: ${answer.status}`);
        assert.match(answer.headers.get('content-type') ?? '', /json/, path);
      }
    }),
  );
}
