import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// What a hostile page in a real browser can do to the endpoint, even one that has got hold of a token: nothing.

const skip = missing('chromium');

describe('a hostile web page', { skip }, () => {
  let browser: Browser;
  let host: TestHost;
  let upstream: FakeUpstream;
  let site: http.Server;
  let port: number;
  let token: string;

  before(async () => {
    upstream = await startFakeUpstream({ names: ['api.openai.com'] });
    host = await startTestHost({
      environment: {
        AIVAULT_DEV_RESOLVE: upstream.resolve('api.openai.com'),
        AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
      },
    });
    await host.call('vault.status', {});
    await host.call('secrets.create', {
      name: 'OPENAI_API_KEY',
      value: 'sk-of-the-victim-0123456789',
      scope: 'global',
    });
    ({ token } = await host.call('tokens.mint', { capabilities: ['openai/models', 'openai/chat-completions'] }));
    site = http.createServer((request, response) => {
      // A sandbox takes a page its origin: what it sends says `null`.
      if (request.url === '/sandboxed')
        response.setHeader('content-security-policy', 'sandbox allow-scripts allow-forms');
      response.setHeader('content-type', 'text/html').end('<!doctype html>');
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    port = (site.address() as AddressInfo).port;
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP *.test 127.0.0.1'],
    });
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await host?.close();
    await upstream?.close();
  });

  const proof = async () => {
    const status = await fetch(`${host.baseUrl}/v/openai/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    return status.status;
  };

  async function open(url: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  }

  test('the same token works for a program, so what follows is refused for being a page', async () => {
    assert.equal(await proof(), 200);
    assert.equal(upstream.requests.length, 1);
    upstream.forget();
  });

  test('A1: a name that was rebound to 127.0.0.1 reads nothing', async () => {
    const { port } = new URL(host.baseUrl);
    const page = await browser.newPage();
    for (const name of ['rebind.test', 'localhost.evil.test']) {
      for (const path of ['/aivault/health', '/v/openai/v1/models', '/']) {
        const arrived = page.waitForResponse(() => true);
        // Chromium shows a page of its own where an error has no body, and calls that a failed navigation.
        await page.goto(`http://${name}:${port}${path}`).catch(() => {});
        const answer = await arrived;
        assert.equal(answer.status(), 421);
        assert.equal(answer.headers()['content-length'], '0');
      }
    }
    await page.close();
    assert.equal(upstream.requests.length, 0);
  });

  /** Where a page may come from: far away, this machine by its name or address, and nowhere. */
  const origins: Readonly<Record<string, () => string>> = {
    'another site': () => `http://evil.test:${port}/`,
    'another port of this address': () => `http://127.0.0.1:${port}/`,
    'another port of this machine': () => `http://localhost:${port}/`,
    'a sandbox': () => `http://127.0.0.1:${port}/sandboxed`,
  };
  for (const [place, url] of Object.entries(origins)) {
    test(`A2, A3: forms, simple requests, images, scripts and fetches of every kind reach no upstream and read nothing, from ${place}`, async () => {
      const page = await open(url());
      const read = await page.evaluate(
        async ({ base, token }) => {
          const envelope = JSON.stringify({ capability: 'openai/models', request: {} });
          const results: string[] = [];
          const note = async (what: string, promise: Promise<Response>) => {
            try {
              const response = await promise;
              results.push(`${what}: ${response.type === 'opaque' ? 'opaque' : await response.text()}`);
            } catch {
              results.push(`${what}: blocked`);
            }
          };
          const bearer = { authorization: `Bearer ${token}` };
          await note(
            'simple post',
            fetch(`${base}/aivault/proxy`, { method: 'POST', mode: 'no-cors', body: envelope }),
          );
          await note('simple get', fetch(`${base}/v/openai/v1/models?key=${token}`, { mode: 'no-cors' }));
          await note('cors get', fetch(`${base}/v/openai/v1/models`, { headers: bearer }));
          await note(
            'cors post',
            fetch(`${base}/aivault/proxy`, {
              method: 'POST',
              headers: { ...bearer, 'content-type': 'application/json' },
              body: envelope,
            }),
          );
          await note('cors put', fetch(`${base}/v1/secrets/a`, { method: 'PUT', headers: bearer, body: '{}' }));
          await note('credentials', fetch(`${base}/aivault/health`, { mode: 'no-cors', credentials: 'include' }));
          navigator.sendBeacon(`${base}/aivault/proxy`, envelope);
          for (const tag of ['img', 'script', 'iframe', 'embed'] as const) {
            const element = document.createElement(tag);
            element.src = `${base}/v/openai/v1/models?key=${token}`;
            document.body.append(element);
          }
          const frame = document.createElement('iframe');
          frame.name = 'target';
          document.body.append(frame);
          for (const method of ['get', 'post']) {
            const form = document.createElement('form');
            Object.assign(form, {
              method,
              action: `${base}/v/openai/v1/models?key=${token}`,
              target: 'target',
              enctype: 'text/plain',
            });
            document.body.append(form);
            form.submit();
          }
          await new Promise((resolve) => setTimeout(resolve, 500));
          return results;
        },
        { base: host.baseUrl, token },
      );
      assert.deepEqual(
        read.filter((line) => !/: (opaque|blocked)$/.test(line)),
        [],
      );
      assert.equal(read.length, 6);
      assert.equal(upstream.requests.length, 0, 'nothing reached the upstream');
      await page.close();
    });

    test(`A4: a WebSocket from a page is refused, with a token in its target too, from ${place}`, async () => {
      const page = await open(url());
      const outcomes = await page.evaluate(
        ({ base, token }) =>
          Promise.all(
            ['/v/openai/v1/realtime', `/v/openai/v1/realtime?key=${token}`, '/aivault/ws', '/events'].map(
              (path) =>
                new Promise<string>((resolve) => {
                  const socket = new WebSocket(base.replace('http', 'ws') + path);
                  socket.onopen = () => resolve('open');
                  socket.onerror = () => resolve('refused');
                }),
            ),
          ),
        { base: host.baseUrl, token },
      );
      assert.deepEqual(outcomes, ['refused', 'refused', 'refused', 'refused']);
      await page.close();
    });
  }

  test('no call was allowed meanwhile, and the program with its token still works', async () => {
    const { entries } = await host.call('audit.list', { kind: 'invoke', outcome: 'allowed' });
    assert.equal(entries.length, 1, 'only the proof at the beginning');
    assert.equal(await proof(), 200);
  });
});
