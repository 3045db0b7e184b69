import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Behaviour, echo, type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';

// The upstream a script talks to: its path says what it does, and the script asks afterwards what arrived.

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** `/status/404`, `/delay/250`, `/empty`, `/text`, `/big/1000`, `/break`, `/sse`, `/json`: else an echo. */
const byPath: Behaviour = async (request, response, message) => {
  const [, verb, number] =
    /\/(status|delay|empty|text|big|break|sse|json|leak)(?:\/(\d+))?(?:\?.*)?$/.exec(request.target) ?? [];
  switch (verb) {
    case 'status':
      response.writeHead(Number(number), { 'content-type': 'application/json' });
      return void response.end(`{"status":${number}}`);
    case 'delay':
      await sleep(Number(number));
      return echo(request, response, message);
    case 'empty':
      response.writeHead(204);
      return void response.end();
    case 'text':
      response.writeHead(200, { 'content-type': 'text/plain' });
      return void response.end('plain text, no newline');
    case 'big':
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      return void response.end(Buffer.alloc(Number(number), 'x'));
    case 'break':
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('x'.repeat(300_000));
      await sleep(50);
      return void response.destroy();
    case 'sse':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let count = 1; count <= 3; count++) {
        response.write(`data: ${count}\n\n`);
        await sleep(20);
      }
      return void response.end();
    case 'json':
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end('{"z":12345678901234567890,"a":[1,{"x":1.50},"t"],"a":null}');
    case 'leak':
      response.writeHead(200, { 'content-type': 'text/plain' });
      return void response.end(`you sent ${request.header('authorization').join()}`);
    default:
      return echo(request, response, message);
  }
};

export interface ControlledUpstream {
  readonly upstream: FakeUpstream;
  /** Where the `upstream` tool of the scripts asks. */
  readonly control: string;
  close(): Promise<void>;
}

/** Starts an upstream for these names and a plain HTTP door that tells what arrived. */
export async function startControlledUpstream(names: readonly string[]): Promise<ControlledUpstream> {
  const upstream = await startFakeUpstream({ names });
  upstream.behave(byPath);
  const door = createServer((request, response) => {
    if (request.url === '/forget') upstream.forget();
    const rows = upstream.requests.map(({ method, target, headers, body }) => ({
      method,
      target,
      headers,
      body: body.toString('latin1'),
    }));
    response.end(JSON.stringify(rows));
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    upstream,
    control: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    async close() {
      door.close();
      door.closeAllConnections();
      await upstream.close();
    },
  };
}
