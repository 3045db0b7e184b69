import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// Where a browser comes back to after an OAuth consent (RFC 8252 §7.3): a server on 127.0.0.1 and a port of the moment,
// that knows one path, takes one answer and is gone.

export interface RedirectListener {
  /** What the provider is told: `http://127.0.0.1:<port>/callback`. */
  readonly redirectUri: string;
  close(): void;
}

/** Looks at what came back. False: not the answer that is waited for, keep listening. */
export type TakeAnswer = (parameters: ReadonlyMap<string, string>) => boolean;

const callbackPath = '/callback';

/** Listens until `take` accepts an answer, `timeoutMs` have passed (then `expired` is called) or `close`. */
export async function openRedirectListener(
  take: TakeAnswer,
  timeoutMs: number,
  expired: () => void,
): Promise<RedirectListener> {
  let open = true;
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000, maxHeaderSize: 16 * 1024 });
  server.maxConnections = 8;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const timer = setTimeout(() => {
    close();
    expired();
  }, timeoutMs);
  timer.unref();

  function close(): void {
    open = false;
    clearTimeout(timer);
    server.close();
    server.closeIdleConnections();
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const parameters = open ? answerIn(request, port) : null;
    if (parameters === null) return say(response, 404, 'There is nothing here.');
    if (!take(parameters)) return say(response, 400, 'This is not the answer that is waited for.');
    say(response, 200, 'aivault has received the answer. You can close this window.');
    close();
  });
  return { redirectUri: `http://127.0.0.1:${port}${callbackPath}`, close };
}

/** The query of `GET /callback`, asked under our own name (a rebound one is refused) and with no parameter twice. */
function answerIn(request: IncomingMessage, port: number): ReadonlyMap<string, string> | null {
  const target = request.url ?? '';
  if (request.method !== 'GET' || request.headers.host !== `127.0.0.1:${port}`) return null;
  if (!target.startsWith(`${callbackPath}?`)) return null;
  const pairs = [...new URLSearchParams(target.slice(callbackPath.length + 1))];
  const parameters = new Map(pairs);
  return parameters.size === pairs.length ? parameters : null;
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(`<!doctype html><title>aivault</title><p>${sentence}</p>`);
}
