import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { startFakeUpstream } from '../fake-upstream.ts';
import { builtHost, startTestHost } from '../test-host.ts';
import { median } from './load.ts';
import { addBench } from './rig.ts';

// Server-sent events: how much later the first one arrives for having come through the host.

const calls = 300;
const upstream = await startFakeUpstream();
upstream.behave((_seen, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: first\n\n');
  setTimeout(() => response.end('data: last\n\n'), 2);
});
const host = await startTestHost({
  program: builtHost,
  environment: { AIVAULT_DEV_RESOLVE: upstream.resolve(), AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath },
});
const token = await addBench(host);
const { port } = new URL(host.baseUrl);
const direct: RequestOptions = {
  host: '127.0.0.1',
  port: upstream.port,
  servername: 'up.test',
  ca: upstream.authority.cert,
  path: '/v1/events',
  agent: new Agent({ keepAlive: true }),
};
const through = {
  host: '127.0.0.1',
  port,
  path: '/v/bench/v1/events',
  headers: { authorization: `Bearer ${token}` },
  agent: new PlainAgent({ keepAlive: true }),
};

function firstByte(send: () => ReturnType<typeof request>): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let first = 0;
    send()
      .on('response', (response) => {
        response.on('data', () => {
          first ||= performance.now() - started;
        });
        response.on('end', () => resolve(first));
      })
      .on('error', reject)
      .end();
  });
}

const took = { direct: [] as number[], through: [] as number[] };
for (let i = 0; i < calls + 100; i++) {
  const a = await firstByte(() => request(direct));
  const b = await firstByte(() => plainRequest(through));
  if (i < 100) continue;
  took.direct.push(a);
  took.through.push(b);
}
const added = median(took.through.map((each, i) => each - took.direct[i]!));
console.log(
  `first event: ${median(took.direct).toFixed(2)} ms direct, ${median(took.through).toFixed(2)} ms through the host: ${added.toFixed(2)} ms added, p50 (wanted: at most 2)`,
);
await host.close();
await upstream.close();
process.exit(0);
