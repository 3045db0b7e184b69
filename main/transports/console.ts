import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Actor, Dispatch } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { streamEvents } from './announce.ts';
import { collect } from './body-bytes.ts';
import { closeServer } from './close-server.ts';
import { guardConsole } from './console-guard.ts';
import { createSessions } from './console-sessions.ts';
import { readQuestion } from './question.ts';
import { http } from './quick-http.ts';
import { errorBody } from './wire.ts';

// The window, for a browser on a machine without a desktop: the same pages and the same questions as the desktop app.
// No cookies (they ignore ports): a one-time code in a URL's fragment buys a header token that lives in page memory.

export interface ConsoleDeps {
  readonly dispatch: Dispatch;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** The built pages, with the headers they are to be served with. */
  readonly pages: (
    pathname: string,
  ) => Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: Uint8Array }>;
  readonly now: () => number;
  readonly randomToken: () => string;
  /** How often it is looked whether nobody has asked anything for 15 minutes, after which the console ends. 5 s. */
  readonly lookEveryMs?: number;
}

export interface Console {
  readonly baseUrl: string;
  /** A new one-time code for a new browser window. */
  mintCode(): string;
  close(): Promise<void>;
  /** Resolves when it has ended: closed, or unused for too long. */
  readonly ended: Promise<void>;
}

const actor: Actor = { kind: 'operator', via: 'console' };
const idleMs = 15 * 60_000;
const maxQuestionBytes = 8 * 1024 * 1024;
/** Whoever has no session yet says one code. Anybody of this machine can reach the port: nobody's megabytes are kept. */
const maxCodeBytes = 1024;
const maxConnections = 256;
/** All that the unlock screen needs; the rest waits until somebody has unlocked. */
const askedWhileClosed = new Set(['vault.status', 'vault.unlock', 'vault.init']);
const dead = new AivaultError('token_invalid', 'This session of the console has ended.', {
  hint: 'Run `aivault console` again.',
});

/** Serves the console on a random port of 127.0.0.1. */
export async function openConsole(deps: ConsoleDeps): Promise<Console> {
  const sessions = createSessions(deps);
  const listeners = new Set<ServerResponse>();
  const server = http.createServer({ requireHostHeader: false, headersTimeout: 10_000, keepAliveTimeout: 5_000 });
  server.maxConnections = maxConnections;
  let origin = '';
  const ended = Promise.withResolvers<void>();
  let closing: Promise<void> | null = null;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = guardConsole(request, origin);
    if (refused !== null) return void response.writeHead(refused, { 'content-length': 0 }).end();
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (request.method === 'POST' && path === '/session') return startSession(request, response);
    const asks = request.method === 'POST' && path.startsWith('/call/');
    const listens = request.method === 'GET' && path === '/events';
    if (!asks && !listens) return servePage(request, response, path);
    const session = request.headers['aivault-session'];
    if (typeof session !== 'string' || !sessions.knows(session)) return send(response, 401, refusal(dead));
    if (listens) return streamEvents(deps.onEvent, listeners, response);
    return send(response, 200, await ask(path.slice('/call/'.length), await readJson(request, maxQuestionBytes)));
  };

  const startSession = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await readJson(request, maxCodeBytes);
    const code = readCode(bytes);
    const session = code === null ? null : sessions.exchange(code);
    if (session === null) return send(response, 401, refusal(dead));
    return send(response, 200, { session });
  };

  const ask = async (name: string, bytes: Uint8Array): Promise<Result<unknown>> => {
    const { input, presence } = readQuestion(bytes);
    if (!askedWhileClosed.has(name) && (await isClosed(deps.dispatch))) {
      return refusal(new AivaultError('vault_locked', 'The vault is locked.', { hint: 'Unlock it first.' }));
    }
    return deps.dispatch(name, input, presence === undefined ? { actor } : { actor, presence });
  };

  const servePage = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new AivaultError('invalid_request', 'Pages are read with GET.');
    const page = await deps.pages(path);
    response.writeHead(page.status, {
      ...page.headers,
      'cache-control': 'no-store',
      'content-length': page.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : page.body);
  };

  const close = () => {
    closing ??= (async () => {
      clearInterval(watch);
      for (const listener of listeners) listener.end();
      await closeServer(server, 1_000);
      ended.resolve();
    })();
    return closing;
  };

  server.on('request', (request, response) => {
    answer(request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else send(response, 200, { ok: false, error: errorBody(error) });
    });
  });
  const watch = setInterval(() => {
    if (deps.now() - sessions.lastSeenMs() >= idleMs) void close();
  }, deps.lookEveryMs ?? 5_000).unref();
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve),
  );
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl: origin, mintCode: sessions.mintCode, close, ended: ended.promise };
}

/** The code of `{"code":"…"}`; null for anything else. */
function readCode(bytes: Uint8Array): string | null {
  try {
    const code: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))?.code;
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}

async function isClosed(dispatch: Dispatch): Promise<boolean> {
  const status = await dispatch('vault.status', {}, { actor });
  return !status.ok || !['unlocked', 'degraded'].includes((status.value as VaultStatus).state);
}

async function readJson(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  if (request.headers['content-type']?.split(';', 1)[0]?.trim() !== 'application/json') {
    throw new AivaultError('invalid_request', 'Questions are sent as application/json.');
  }
  const bytes = await collect(request, limit);
  if (bytes === null) throw new AivaultError('too_large', `The question is larger than ${limit / 1024} KiB.`);
  return bytes;
}

const refusal = (error: AivaultError) => ({ ok: false as const, error: error.toJSON() });

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': body.length };
  response.writeHead(status, headers).end(body);
}
