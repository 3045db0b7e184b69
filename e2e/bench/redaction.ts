import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInvoke } from '#core/broker/pipeline.ts';
import { createAuthority } from '../authority.ts';
import { createMemoryPorts, passThroughIncoming, testToken } from '../broker/memory-ports.ts';
import { median } from './load.ts';

// What redaction costs a long stream: the same text through the same pipeline and TLS, once with a secret to look for
// and once with an identifier, which is injected but not redacted.

export interface RedactionCost {
  readonly plainMBs: number;
  readonly redactedMBs: number;
  /** Redacted over plain; the floor is 0.5. */
  readonly ratio: number;
}

const secret = 'sk-bench-Zp3vK9x0Lq7TmWc2Rb8Ynd5Hs4Gf1Je6';

async function measureRedaction(rounds = 5, bytes = 256 * 1024 * 1024): Promise<RedactionCost> {
  const authority = createAuthority('aivault bench authority');
  const upstream = spawn(process.execPath, [new URL('./text-upstream.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  upstream.stdin.end(JSON.stringify({ ...authority.issue(['up.test']), bytes }));
  const [port] = (await once(upstream.stdout, 'data')) as [Buffer];
  const ports = createMemoryPorts({
    devResolve: new Map([['up.test', { address: '127.0.0.1', port: Number(port) }]]),
    devCa: authority.cert,
  });
  ports.addCapability({ id: 'p1/users' });
  ports.addToken(testToken);
  ports.addCredential({ id: 'redacted' }, { secret });
  ports.addCredential({ id: 'plain', identifiers: new Set(['secret']) }, { secret });
  const invoke = createInvoke(ports);
  const stream = async (credential: string): Promise<number> => {
    const started = performance.now();
    const answer = await invoke(
      passThroughIncoming('GET', `/v/${credential}/v1/users/all`),
      new AbortController().signal,
    );
    if (answer.status !== 200) throw new Error(`the broker answered ${answer.status}: ${answer.refusal?.message}`);
    let received = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) received += chunk.length;
    if (received < bytes) throw new Error('the stream was cut short');
    return received / 1e6 / ((performance.now() - started) / 1000);
  };
  try {
    await stream('plain');
    await stream('redacted');
    const measured = { plain: [] as number[], redacted: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      measured.plain.push(await stream('plain'));
      measured.redacted.push(await stream('redacted'));
    }
    const plainMBs = median(measured.plain);
    const redactedMBs = median(measured.redacted);
    return { plainMBs, redactedMBs, ratio: redactedMBs / plainMBs };
  } finally {
    await invoke.close();
    upstream.kill();
    authority.close();
  }
}

if (import.meta.main) {
  const { plainMBs, redactedMBs, ratio } = await measureRedaction();
  process.stdout.write(
    `stream, plain ${plainMBs.toFixed(0)} MB/s, redacted ${redactedMBs.toFixed(0)} MB/s, ratio ${ratio.toFixed(2)} (floor 0.5)\n`,
  );
}
