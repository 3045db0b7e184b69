import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// The quickstart's lines in order, with its status codes and JSON, in the three languages it shows. Only the base URL
// is another one.

const run = promisify(execFile);
const path = 'environments/production/salesforce/api-credentials';
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions below say what is in it.
  readonly json: any;
}

const ways = [
  { name: 'curl', program: 'bash', script: 'quickstart.sh', needs: 'curl' },
  { name: 'Python httpx', program: 'python3', script: 'quickstart.py', needs: 'python3-httpx' },
  { name: 'fetch', program: process.execPath, script: 'quickstart.ts', needs: null },
] as const;

for (const way of ways) {
  test(`the quickstart works with ${way.name}`, { skip: way.needs === null ? false : missing(way.needs) }, async () => {
    const host: TestHost = await startTestHost();
    try {
      const token = await host.call('tokens.createPersonal', {
        name: 'quickstart',
        scopes: ['secrets:read', 'secrets:write'],
      });
      // Debian's own Python, wherever another one comes first on PATH.
      const program = way.program === 'python3' ? '/usr/bin/python3' : way.program;
      const { stdout } = await run(program, [new URL(way.script, import.meta.url).pathname], {
        env: { PATH: process.env.PATH, BASE_URL: host.baseUrl, SCAIVAULT_TOKEN: token.token },
      });
      checkQuickstart(readAnswers(stdout));
    } finally {
      await host.close();
    }
  });
}

function readAnswers(stdout: string): Answer[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => ({ status: Number(line.slice(0, 3)), json: JSON.parse(line.slice(4)) }));
}

function checkQuickstart(answers: readonly Answer[]): void {
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200, 200],
  );
  const [whoami, created, read, updated, old, listed] = answers.map(({ json }) => json);
  assert.deepEqual(Object.keys(whoami), ['identity_id', 'identity_type', 'tenant_id', 'partner_id', 'scopes']);
  assert.deepEqual(whoami.scopes, ['secrets:read', 'secrets:write']);
  assert.equal(whoami.identity_type, 'user');

  assert.match(created.created_at, time);
  assert.deepEqual(created, { path, secret_type: 'json', version: 1, created: true, created_at: created.created_at });

  assert.deepEqual(read, {
    path,
    secret_type: 'json',
    version: 1,
    data: { client_id: '3MVG9...', client_secret: 'REDACTED' },
    metadata: { description: 'Salesforce OAuth credentials', tags: ['salesforce', 'production'] },
    created_at: created.created_at,
    updated_at: read.updated_at,
  });

  assert.deepEqual(updated, { path, version: 2, created: false, previous_version: 1, updated_at: updated.updated_at });
  assert.match(updated.updated_at, time);
  assert.equal(old.version, 1);
  assert.equal(old.data.client_secret, 'REDACTED');
  assert.deepEqual(listed, {
    secrets: [
      { path, secret_type: 'json', version: 2, updated_at: updated.updated_at, tags: ['salesforce', 'production'] },
    ],
    cursor: null,
    has_more: false,
  });
}
