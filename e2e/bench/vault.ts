// The vault at size: 10,000 secrets beside 100, a million audit entries, and a passphrase unlock. One run, one machine;
// what is compared is compared within it.

import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openAuditStore } from '../../main/core/store/database.ts';
import { appendOf } from '../../main/core/store/filter-columns.ts';
import { builtHost, startTestHost, type TestHost } from '../test-host.ts';
import { median } from './load.ts';

const run = promisify(execFile);
const cli = new URL('../../dist/aivault.mjs', import.meta.url).pathname;
const wantedEntries = Number(process.argv[2] ?? 1_000_000);

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, value: T]> {
  const startedAt = performance.now();
  const value = await work();
  return [performance.now() - startedAt, value];
}

async function importSecrets(host: TestHost, count: number): Promise<number> {
  const [ms] = await timed(async () => {
    for (let start = 0; start < count; start += 250) {
      const entries = Array.from({ length: Math.min(250, count - start) }, (_, i) => ({
        name: `BULK_${start + i}`,
        value: `value-${start + i}-xxxxxxxx`,
      }));
      const { created } = await host.call('secrets.import', { entries });
      if (created.length !== entries.length) throw new Error(`${created.length} of ${entries.length} were created`);
    }
  });
  return ms / count;
}

async function listTwice(host: TestHost): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const [ms] = await timed(() =>
      run(process.execPath, [cli, 'secrets', 'list'], {
        env: { PATH: process.env.PATH, HOME: host.folder, AIVAULT_DIR: host.folder },
        maxBuffer: 64e6,
      }),
    );
    times.push(ms);
  }
  return median(times);
}

async function secretsAt(count: number): Promise<{ listMs: number; startMs: number; createMs: number }> {
  const first = await startTestHost({ program: builtHost });
  const { folder } = first;
  try {
    await first.call('secrets.list', {}).catch(() => null);
    const createMs = await importSecrets(first, count);
    const listMs = await listTwice(first);
    await first.close({ keep: true });
    const starts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [ms, host] = await timed(() => startTestHost({ folder, program: builtHost }));
      starts.push(ms);
      await host.close({ keep: true });
    }
    return { listMs, startMs: median(starts), createMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function auditAtSize(): Promise<void> {
  const host = await startTestHost({ program: builtHost });
  await host.call('secrets.import', { entries: [{ name: 'A', value: 'value-aaaaaaaa' }] });
  await host.close({ keep: true });
  const { folder } = host;
  try {
    const store = await openAuditStore(join(folder, 'audit.db'));
    const [seedMs] = await timed(async () => {
      for (let start = 0; start < wantedEntries; start += 5_000) {
        await Promise.all(
          Array.from({ length: 5_000 }, (_, i) =>
            store.append(
              appendOf({
                tsMs: 1_790_000_000_000 + start + i,
                kind: 'invoke',
                actor: `agent:tok_${String((start + i) % 50).padStart(16, '0')}`,
                outcome: (start + i) % 20 === 0 ? 'refused' : 'allowed',
                capability: `provider-${i % 40}/thing`,
                credential: 'openai',
                method: 'POST',
                host: 'api.example.com',
                path: '/v1/chat/completions',
                status: 200,
                tookMs: 12.5,
              }),
            ),
          ),
        );
      }
    });
    await store.close();
    console.log(
      `audit seeded           ${wantedEntries} entries, ${((wantedEntries / seedMs) * 1000).toFixed(0)}/s appended`,
    );
    const again = await startTestHost({ folder, program: builtHost, patienceMs: 60_000 });
    const last = await Promise.all(
      Array.from({ length: 5 }, () => timed(() => again.call('audit.list', { limit: 200 }))),
    );
    const filtered = await timed(() =>
      again.call('audit.list', { limit: 200, capability: 'provider-7/thing', outcome: 'refused' }),
    );
    const none = await timed(() => again.call('audit.list', { limit: 200, actor: 'agent:nobody' }));
    const [verifyMs, verdict] = await timed(() => again.call('audit.verify', {}));
    if (!verdict.intact) throw new Error('the chain does not verify');
    console.log(`audit last page        ${median(last.map(([ms]) => ms)).toFixed(1)} ms   (wanted < 100)`);
    console.log(
      `audit filtered         ${filtered[0].toFixed(1)} ms, no match ${none[0].toFixed(1)} ms   (wanted < 1000)`,
    );
    console.log(
      `audit verify           ${((verdict.entries / verifyMs) * 1000).toFixed(0)} entries/s   (wanted > 100000)`,
    );
    await again.close({ keep: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function passphraseUnlock(): Promise<void> {
  const host = await startTestHost({ program: builtHost });
  try {
    const passphrase = 'correct horse battery staple';
    await host.call('vault.init', { choice: { provider: 'passphrase', passphrase } });
    // What asks has to be loaded as well: its first question is not the host's.
    await fetch(`${host.baseUrl}/v1/health`).then((answer) => answer.arrayBuffer());
    const times: number[] = [];
    let worstGapMs = 0;
    for (let i = 0; i < 5; i++) {
      await host.call('vault.lock', {});
      let lastAt = performance.now();
      let going = true;
      // Questions that need no key keep being answered: the gap between two answers is what a caller would feel.
      const pulse = (async () => {
        while (going) {
          await fetch(`${host.baseUrl}/v1/health`).then((answer) => answer.arrayBuffer());
          worstGapMs = Math.max(worstGapMs, performance.now() - lastAt);
          lastAt = performance.now();
        }
      })();
      times.push((await timed(() => host.call('vault.unlock', { passphrase })))[0]);
      going = false;
      await pulse;
    }
    console.log(
      `passphrase unlock      ${median(times).toFixed(0)} ms   (wanted 200 to 1000), longest wait of another caller ${worstGapMs.toFixed(0)} ms`,
    );
  } finally {
    await host.close();
  }
}

const small = await secretsAt(100);
const large = await secretsAt(10_000);
console.log(
  `secrets list, CLI      ${large.listMs.toFixed(0)} ms at 10,000, ${small.listMs.toFixed(0)} ms at 100   (wanted < ${(2 * small.listMs + 150).toFixed(0)})`,
);
console.log(`bulk create            ${large.createMs.toFixed(2)} ms each   (wanted < 5)`);
console.log(
  `host start to serving  ${large.startMs.toFixed(0)} ms at 10,000, ${small.startMs.toFixed(0)} ms at 100   (wanted < ${(2 * small.startMs + 500).toFixed(0)})`,
);
await passphraseUnlock();
await auditAtSize();
