import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { CredentialView } from './broker/parties.ts';
import type { BrokerPorts } from './broker/ports.ts';
import { brokerPorts } from './broker-ports.ts';
import { type CoreServices, openServices } from './core-services.ts';
import { systemRandom } from './crypto/random.ts';

describe('what the broker is handed', () => {
  let folder: string;
  let opened: CoreServices;
  let ports: BrokerPorts;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'aivault-ports-'));
    opened = await openServices({
      paths: {
        vaultFolder: folder,
        database: path.join(folder, 'vault.db'),
        audit: path.join(folder, 'audit.db'),
        defaultKeyFile: path.join(folder, 'kek.key'),
        stateFolder: path.join(folder, 'state'),
      },
      defaultChoice: null,
      now: Date.now,
      randomBytes: systemRandom,
      environment: {},
      egress: null,
      developmentHooksSet: false,
      version: '0',
      hostFacts: () => ({ endpoint: null, socket: null, pid: 1, desktop: false }),
      stop: () => {},
    });
    await opened.services.vault.init({ provider: 'file' }, { development: false });
    ports = brokerPorts({
      services: opened.services,
      approvals: opened.approvals,
      egress: null,
      proxyFor: () => null,
      stopwatch: () => 0,
      active: () => {},
      report: () => 'x',
    });
  });
  afterEach(async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  async function storeJson(value: object) {
    const { services } = opened;
    const row = await services.change((tx) =>
      services.secrets.insert(tx, { name: 'J', scope: 'global', value: bytes(value), pinnedProvider: null, hosts: [] }),
    );
    const credential = { id: 'c', secretIds: { secret: row.secretId } } as unknown as CredentialView;
    return { row, credential };
  }
  function stored(secretId: string): unknown {
    const material = opened.services.secrets.reveal(secretId);
    return material.use((value) => JSON.parse(Buffer.from(value).toString('utf8')));
  }

  test('G39 refreshed tokens are merged into the stored object; unknown fields and the version stay', async () => {
    const { row, credential } = await storeJson({ clientId: 'i', refreshToken: 'r1', mine: { kept: true } });
    await ports.replaceTokens(credential, { accessToken: 'a2', refreshToken: 'r2' }, row.valueVersion);
    assert.deepEqual(stored(row.secretId), {
      clientId: 'i',
      refreshToken: 'r2',
      mine: { kept: true },
      accessToken: 'a2',
    });
    assert.equal(opened.services.secrets.get(row.secretId)?.valueVersion, row.valueVersion);
  });

  test('G39 unknown fields are written back digit by digit: numbers no double can hold, and names that mean something', async () => {
    const { services } = opened;
    const text = '{"id":12345678901234567890,"ratio":1.0,"far":[1e400],"__proto__":{"x":-0},"refreshToken":"r1"}';
    const value = new TextEncoder().encode(text);
    const row = await services.change((tx) =>
      services.secrets.insert(tx, { name: 'J', scope: 'global', value, pinnedProvider: null, hosts: [] }),
    );
    const credential = { id: 'c', secretIds: { secret: row.secretId } } as unknown as CredentialView;
    await ports.replaceTokens(credential, { refreshToken: 'r2' }, row.valueVersion);
    const written = services.secrets.reveal(row.secretId).use((bytes) => Buffer.from(bytes).toString('utf8'));
    assert.equal(written, text.replace('r1', 'r2'));
  });

  test('a refresh that ends after the operator rotated the secret does not write into the new value', async () => {
    const { row, credential } = await storeJson({ refreshToken: 'old account' });
    const { services } = opened;
    await services.change((tx) => services.secrets.rotate(tx, row.secretId, bytes({ refreshToken: 'new account' })));
    await ports.replaceTokens(credential, { accessToken: 'of the old account' }, row.valueVersion);
    assert.deepEqual(stored(row.secretId), { refreshToken: 'new account' });
  });

  test('a refresh that ends after the secret was deleted brings nothing back', async () => {
    const { row, credential } = await storeJson({ refreshToken: 'r' });
    const { services } = opened;
    await services.change((tx) => services.secrets.remove(tx, row.secretId));
    await assert.rejects(ports.replaceTokens(credential, { accessToken: 'a' }, row.valueVersion), {
      code: 'credential_not_found',
    });
    assert.throws(() => services.secrets.reveal(row.secretId), { code: 'credential_not_found' });
  });
});
