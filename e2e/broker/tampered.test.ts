import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { missing } from '../needs.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// Rows of the vault changed behind the host's back, and what a token's call through its endpoint comes to then. The same
// by the CLI: e2e/cli/tampering.txt.

describe('a call over tampered rows', { skip: missing('openssl') }, () => {
  let upstream: FakeUpstream;
  let host: TestHost;
  let environment: Record<string, string>;
  const ids: string[] = [];
  const tokens: string[] = [];

  before(async () => {
    upstream = await startFakeUpstream();
    environment = {
      AIVAULT_DEV_RESOLVE: upstream.resolve('up.test'),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    };
    host = await startTestHost({ environment });
    for (const id of ['one', 'two']) {
      const { secret } = await host.call('secrets.create', { name: id, value: `CANARY-value-of-${id}` });
      ids.push(secret.secretId);
      const secretRef = `vault:secret:${secret.secretId}`;
      await host.call('credentials.create', {
        id,
        provider: id,
        secretRef,
        hosts: ['up.test'],
        auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
      });
      await host.call('capabilities.create', { id: `${id}/all`, credential: id, methods: ['GET'], paths: ['/**'] });
      tokens.push((await host.call('tokens.mint', { capabilities: [`${id}/all`] })).token);
    }
  });
  after(async () => {
    await host.close();
    await upstream.close();
  });
  beforeEach(() => upstream.forget());

  const call = async (at: number): Promise<string | null> => {
    const id = ['one', 'two'][at];
    const answer = await fetch(`${host.baseUrl}/v/${id}/x`, { headers: { authorization: `Bearer ${tokens[at]}` } });
    await answer.text();
    return answer.headers.get('aivault-error');
  };
  /** Ends the host, changes its database, and starts it again. */
  async function meanwhile(change: (database: DatabaseSync) => void): Promise<void> {
    await host.close({ keep: true });
    const file = join(host.folder, 'vault.db');
    const database = new DatabaseSync(file);
    change(database);
    database.close();
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    host = await startTestHost({ folder: host.folder, environment });
  }
  /** Does that and returns how to put things right. */
  async function tamper(statement: string): Promise<() => Promise<void>> {
    const good: [sealed: Uint8Array, id: string][] = [];
    await meanwhile((database) => {
      for (const { id, sealed } of database.prepare("SELECT id, sealed FROM rows WHERE tbl = 'secrets'").all())
        good.push([sealed as Uint8Array, id as string]);
      assert.equal(database.prepare(statement).run().changes, 1);
    });
    return () =>
      meanwhile((database) => {
        for (const row of good) database.prepare('UPDATE rows SET sealed = ? WHERE id = ?').run(...row);
      });
  }

  it('S49 an edited row is damaged and serves nobody, its neighbour goes on', async () => {
    const mend = await tamper(
      `UPDATE rows SET sealed = zeroblob(length(sealed)) WHERE tbl = 'secrets' AND id = '${ids[0]}'`,
    );
    assert.equal(await call(0), 'credential_not_found');
    assert.equal(upstream.requests.length, 0);
    assert.equal(await call(1), null);
    assert.deepEqual(upstream.requests[0]?.header('authorization'), ['Bearer CANARY-value-of-two']);
    await mend();
    assert.equal(await call(0), null);
  });

  it('S50 rows that changed places open neither', async () => {
    const mend = await tamper(
      `UPDATE rows SET sealed = (SELECT other.sealed FROM rows other WHERE other.id = '${ids[1]}')
       WHERE tbl = 'secrets' AND id = '${ids[0]}'`,
    );
    assert.equal(await call(0), 'credential_not_found', 'the value of another secret is not sent in its place');
    assert.equal(upstream.requests.length, 0);
    await mend();
    assert.equal(await call(0), null);
    assert.deepEqual(upstream.requests[0]?.header('authorization'), ['Bearer CANARY-value-of-one']);
  });
});
