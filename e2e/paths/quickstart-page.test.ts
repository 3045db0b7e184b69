import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// quickstart.md is the page as its authors wrote it. Its own lines run here, in its order, with nothing changed but the
// base URL; what is added around them only prints each status, so that it can be looked at.

const run = promisify(execFile);
const page = readFileSync(new URL('quickstart.md', import.meta.url), 'utf8');
const pageUrl = 'https://scaivault.scailabs.ai';

type Language = 'bash' | 'python' | 'typescript' | 'json';

/** The code blocks of one language, in the page's order. */
function blocks(language: Language): string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code!);
}

/** The same data with every time and every name of an account alike: all that may differ from the page. */
function comparable(json: unknown): string {
  return JSON.stringify(json, (key, value) => {
    if (/^(?:created|updated)_at$/.test(key)) {
      assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, key);
      return 'a time';
    }
    return /^(?:identity|tenant|partner)_id$/.test(key) ? value.replace(/^([a-z]+[:_]).*$/, '$1…') : value;
  });
}

async function quickstart(use: (host: TestHost, environment: Record<string, string>) => Promise<void>): Promise<void> {
  const host = await startTestHost();
  try {
    const scopes: 'secrets:read'[] = ['secrets:read', 'secrets:write'] as 'secrets:read'[];
    const { token } = await host.call('tokens.createPersonal', { name: 'quickstart', scopes });
    assert.match(token, /^skt_/);
    await use(host, { PATH: process.env.PATH ?? '', SCAIVAULT_TOKEN: token });
  } finally {
    await host.close();
  }
}

async function runLines(lines: readonly string[], command: readonly string[], environment: Record<string, string>) {
  const [program, ...before] = command;
  const { stdout } = await run(program!, [...before, lines.join('\n')], { env: environment });
  return stdout;
}

const here = (host: TestHost, code: string): string => {
  assert.ok(code.includes(pageUrl));
  return code.replaceAll(pageUrl, host.baseUrl);
};

test('the page’s curl lines get the page’s JSON, to the letter and in its order', { skip: missing('curl') }, () =>
  quickstart(async (host, environment) => {
    const [exported, ...asked] = blocks('bash');
    assert.match(exported!, /^export SCAIVAULT_TOKEN=/);
    assert.equal(asked.length, 6);
    const answers: { status: number; json: unknown }[] = [];
    for (const code of asked) {
      const quiet = String.raw`curl() { command curl -sS -w '\n%{http_code}' "$@"; }`;
      const [text, status] = (await runLines([quiet, here(host, code)], ['bash', '-euc'], environment)).split('\n');
      answers.push({ status: Number(status), json: JSON.parse(text!) });
    }
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 200],
    );
    // The page shows no answer for the fifth request, the old version: it is the third's, under the new times.
    const shown = blocks('json').map((text) => JSON.parse(text) as Record<string, unknown>);
    assert.equal(shown.length, 5);
    const expected = [...shown.slice(0, 4), shown[2], shown[4]];
    for (const [index, { json }] of answers.entries()) {
      assert.equal(comparable(json), comparable(expected[index]), `request ${index + 1}`);
    }
  }),
);

test('the page’s Python lines write and read back', { skip: missing('python3-httpx') }, () =>
  quickstart(async (host, environment) => {
    const printed: string[][] = [];
    for (const code of blocks('python')) {
      const shows = 'import json as shown\nprint(resp.status_code)\nprint(shown.dumps(resp.json()))';
      // Debian's own Python, wherever another one comes first on PATH.
      printed.push((await runLines([here(host, code), shows], ['/usr/bin/python3', '-c'], environment)).split('\n'));
    }
    checkLanguage(printed);
    assert.equal(printed[1]![0], '3MVG9...', 'print(secret["data"]["client_id"])');
  }),
);

test('the page’s TypeScript lines write and read back', () =>
  quickstart(async (host, environment) => {
    const [write, read] = blocks('typescript').map((code) => here(host, code));
    // Each block logs one thing; the second one reads its answer whole before.
    const command = [process.execPath, '--input-type=module-typescript', '-e'];
    const first = await runLines([write!, 'console.log(resp.status)'], command, environment);
    const second = await runLines([read!, 'console.log(resp.status, JSON.stringify(secret))'], command, environment);
    assert.match(first, /created: true/);
    assert.match(first, /\n200\n$/);
    const [value, answer] = second.split('\n');
    assert.equal(value, '3MVG9...', 'console.log(secret.data.client_id)');
    assert.equal(answer!.slice(0, 3), '200');
    assert.equal(comparable(JSON.parse(answer!.slice(4))), comparable(JSON.parse(blocks('json')[2]!)));
  }));

/** The last two lines are the status and the JSON, those of the page. */
function checkLanguage(printed: readonly (readonly string[])[]): void {
  assert.equal(printed.length, 2);
  const shown = blocks('json').map((text) => JSON.parse(text) as unknown);
  for (const [index, lines] of printed.entries()) {
    const [status, json] = lines.slice(-3);
    assert.equal(status, '200');
    assert.equal(comparable(JSON.parse(json!)), comparable(shown[index + 1]));
  }
}

test('what the page says of refusals: a wrong token is 401, a missing scope 403', () =>
  quickstart(async (host) => {
    assert.match(page, /`401 authentication_required`, the token is wrong or expired/);
    assert.match(page, /`403 access_denied`, the token is valid but lacks the scope/);
    const ask = async (token: string, target: string): Promise<[number, string]> => {
      const answer = await fetch(`${host.baseUrl}${target}`, { headers: { authorization: `Bearer ${token}` } });
      const { error } = (await answer.json()) as { error: { code: string } };
      return [answer.status, error.code];
    };
    const reader = await host.call('tokens.createPersonal', { name: 'w', scopes: ['secrets:write'], ttlMs: 60_000 });
    assert.deepEqual(await ask(reader.token, '/v1/secrets/a'), [403, 'access_denied']);
    const brief = await host.call('tokens.createPersonal', { name: 'b', scopes: ['secrets:read'], ttlMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 350));
    for (const token of ['skt_...', brief.token, 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2ln']) {
      assert.deepEqual(await ask(token, '/v1/auth/whoami'), [401, 'authentication_required'], token.slice(0, 8));
    }
  }));
