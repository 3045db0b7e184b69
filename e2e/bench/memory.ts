import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { startFakeUpstream } from '../fake-upstream.ts';
import { builtHost, startTestHost } from '../test-host.ts';
import { addBench, startRig } from './rig.ts';

// What a host holds in memory while much passes through it: one long stream, and many idle ones.

const mebibyte = 1024 * 1024;

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

async function longStream(): Promise<void> {
  const size = 1024 * mebibyte;
  const rig = await startRig({ largeBytes: size });
  try {
    const get = (path: string) =>
      fetch(`${rig.host.baseUrl}/v/bench${path}`, { headers: { authorization: `Bearer ${rig.token}` } });
    for (let i = 0; i < 200; i++) await (await get('/v1/small')).text();
    const before = residentBytes(rig.host.pid);
    let most = 0;
    let received = 0;
    const started = performance.now();
    for await (const chunk of (await get('/v1/block')).body!) {
      received += chunk.length;
      if (received % (16 * mebibyte) < chunk.length) most = Math.max(most, residentBytes(rig.host.pid));
    }
    if (received !== size) throw new Error(`only ${received} bytes arrived`);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `1 GiB streamed in ${seconds.toFixed(1)} s: host memory grew by ${((most - before) / mebibyte).toFixed(0)} MiB (wanted: less than 64)`,
    );
  } finally {
    await rig.close();
  }
}

async function idleStreams(count: number): Promise<void> {
  const upstream = await startFakeUpstream();
  upstream.behave((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: hello\n\n');
  });
  const host = await startTestHost({
    program: builtHost,
    environment: { AIVAULT_DEV_RESOLVE: upstream.resolve(), AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath },
  });
  try {
    const tokens = [await addBench(host)];
    while (tokens.length < Math.ceil(count / 200)) {
      tokens.push((await host.call('tokens.mint', { capabilities: ['bench/all'] })).token);
    }
    const before = residentBytes(host.pid);
    let open = 0;
    const calls = Array.from({ length: count }, (_, i) => i);
    // In small groups: it is the idling that is measured, not two thousand handshakes at once.
    while (calls.length > 0) {
      await Promise.all(
        calls.splice(0, 50).map(
          (i) =>
            new Promise<void>((resolve, reject) => {
              const sent = request(`${host.baseUrl}/v/bench/v1/events`, {
                headers: { authorization: `Bearer ${tokens[i % tokens.length]}` },
                agent: false,
              });
              sent.on('response', (response) => {
                if (response.statusCode !== 200) reject(new Error(`stream ${i} was answered ${response.statusCode}`));
                response.once('data', () => {
                  open += 1;
                  resolve();
                });
              });
              sent.on('error', reject).end();
            }),
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const held = residentBytes(host.pid);
    console.log(
      `${open} idle event streams: host memory ${(held / mebibyte).toFixed(0)} MiB, ${((held - before) / open / 1024).toFixed(0)} KiB each (wanted: under 400 MiB)`,
    );
  } finally {
    await host.close();
    await upstream.close();
  }
}

await longStream();
await idleStreams(2000);
process.exit(0);
