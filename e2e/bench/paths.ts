// Path secrets: a read over keep-alive beside nginx serving a file of the same size, and lists over 100,000 paths with
// three versions each. Medians and ratios of one run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MacKey } from '../../main/core/crypto/mac-key.ts';
import { systemRandom } from '../../main/core/crypto/random.ts';
import { pathTable, rowIdOf, valueId, valueTable } from '../../main/core/paths/path-rows.ts';
import { nextRow } from '../../main/core/paths/path-write.ts';
import { openRowStore } from '../../main/core/store/database.ts';
import { createVault } from '../../main/core/vault/vault.ts';
import { startTestHost, type TestHost } from '../test-host.ts';
import { load, median } from './load.ts';
import { startNginxFile } from './nginx.ts';

const count = Number(process.argv[2] ?? 100_000);
const versions = 3;
const batch = 1_000;

/** Writes the rows `paths.write` would, many to a commit: the point is to have them, not to time the writing. */
async function seed(folder: string): Promise<void> {
  const store = await openRowStore(join(folder, 'vault.db'));
  const vault = await createVault({
    store,
    defaultKeyFile: join(folder, 'keys', 'kek.key'),
    stateFolder: join(folder, 'state'),
    environment: {},
    now: Date.now,
    randomBytes: systemRandom,
    tables: [valueTable],
  });
  await vault.init({ provider: 'file' }, { development: false });
  const naming = new MacKey(vault.subkey('path.naming'));
  for (let start = 0; start < count; start += batch) {
    await vault.change((tx) => {
      for (let i = start; i < Math.min(count, start + batch); i++) {
        const path = `environments/env-${i % 10}/service-${Math.floor(i / 1000)}/key-${i}`;
        const id = rowIdOf(naming, path);
        let row: ReturnType<typeof nextRow>['row'] | undefined;
        for (let version = 1; version <= versions; version++) {
          const text = JSON.stringify({ value: `value-${i}-${version}-${'x'.repeat(40)}` });
          row = nextRow(row, { path, metadata: { tags: [`t${i % 7}`] } }, text, 'bench', Date.now()).row;
          tx.put(valueTable, valueId(id, version), { json: text });
        }
        tx.put(pathTable, id, row!);
      }
    });
  }
  await vault.close();
  await store.close();
}

async function times(host: TestHost, token: string, targets: readonly string[]): Promise<number[]> {
  const took: number[] = [];
  for (const target of targets) {
    const startedAt = performance.now();
    const answer = await fetch(`${host.baseUrl}${target}`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    took.push(performance.now() - startedAt);
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status}`);
  }
  return took;
}

const folder = mkdtempSync(join(tmpdir(), 'aivault-bench-'));
try {
  const seedStartedAt = performance.now();
  await seed(folder);
  console.log(
    `seeded ${count} paths × ${versions} versions in ${((performance.now() - seedStartedAt) / 1000).toFixed(1)} s`,
  );
  const startedAt = performance.now();
  const host = await startTestHost({ folder, patienceMs: 120_000 });
  console.log(`host start to serving  ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
  const { token } = await host.call('tokens.createPersonal', { name: 'bench', scopes: ['secrets:read'] });

  await times(host, token, Array(20).fill('/v1/secrets?limit=100'));
  const pages = await times(
    host,
    token,
    Array.from({ length: 100 }, (_, i) => `/v1/secrets?limit=100&prefix=environments/env-${i % 10}/`),
  );
  const prefixes = await times(
    host,
    token,
    Array.from({ length: 100 }, (_, i) => `/v1/secrets?prefix=environments/env-${i % 10}/service-${i}/key-${i}`),
  );
  const tags = await times(
    host,
    token,
    Array.from({ length: 20 }, (_, i) => `/v1/secrets?limit=100&tag=t${i % 7}`),
  );
  console.log(`list page p50          ${median(pages).toFixed(2)} ms   (wanted ≤ 5)`);
  console.log(`prefix search p50      ${median(prefixes).toFixed(2)} ms   (wanted ≤ 10)`);
  console.log(`list by tag p50        ${median(tags).toFixed(2)} ms`);

  const path = '/v1/secrets/environments/env-1/service-0/key-1';
  const answer = await fetch(`${host.baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const size = (await answer.arrayBuffer()).byteLength;
  const nginx = await startNginxFile(size);
  // Hot code is compiled while it runs, as for small calls: a host that has just started is not the one that is measured.
  await load(`${host.baseUrl}${path}`, 16, 10, [`authorization: Bearer ${token}`]);
  const ratios: number[] = [];
  for (let round = 0; round < 5; round++) {
    const theirs = await load(`http://127.0.0.1:${nginx.port}/file`, 16, 3);
    const ours = await load(`${host.baseUrl}${path}`, 16, 3, [`authorization: Bearer ${token}`]);
    if (ours.errors > 0) throw new Error(`${ours.errors} reads failed`);
    ratios.push(ours.requestsPerSecond / theirs.requestsPerSecond);
    console.log(
      `read, 16 connections   ${ours.requestsPerSecond.toFixed(0)}/s beside nginx's ${theirs.requestsPerSecond.toFixed(0)}/s`,
    );
  }
  console.log(`read ÷ nginx           ${median(ratios).toFixed(3)}   (wanted ≥ 0.08)`);
  await nginx.close();
  await host.close({ keep: true });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
