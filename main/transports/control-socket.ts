import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Actor, Dispatch } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import { incomingHead } from '#contract/incoming-head.ts';
import type { Incoming, Invoke } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';
import { streamEvents } from './announce.ts';
import { collect } from './body-bytes.ts';
import { closeServer } from './close-server.ts';
import { abortOnDisconnect, internal, sendAnswer } from './http-answer.ts';
import { readQuestion } from './question.ts';
import { http } from './quick-http.ts';
import { listenPrivately } from './socket-file.ts';
import {
  checkContract,
  decodeHead,
  encodeHead,
  errorBody,
  maxQuestionBytes,
  maxWireHeadBytes,
  versionlessOperation,
  wireHeader,
} from './wire.ts';

// The operator plane over HTTP on a Unix socket (or a pipe pair): whoever can open it is this user. Who asks is decided
// here, never by the question: the actor is the operator's CLI, and only the passphrase counts as presence.

export interface OperatorPlane {
  readonly dispatch: Dispatch;
  readonly invoke: Invoke;
  onEvent(listener: (event: HostEvent) => void): () => void;
}

export interface ControlSocket {
  readonly path: string;
  close(graceMs: number): Promise<void>;
}

/** A question is answered within a moment; one that is not does not keep the host from ending. */
const answersWithinMs = 1_000;
const actor: Actor = { kind: 'operator', via: 'cli' };

/** Serves the plane on a socket created 0600 in a 0700 folder. Throws `host_busy` where another host answers there. */
export async function openControlSocket(path: string, plane: OperatorPlane): Promise<ControlSocket> {
  const listeners = new Set<ServerResponse>();
  const answering = new Set<ServerResponse>();
  const server = createServer(plane, listeners, answering);
  const removeSocket = await listenPrivately(server, path);
  return {
    path,
    close: async (graceMs) => {
      removeSocket();
      for (const listener of listeners) listener.end();
      // One of these may be the question that ends this host: whoever asked hears that it was done.
      const started = performance.now();
      await answersOut(answering);
      await closeServer(server, Math.max(0, graceMs - (performance.now() - started)));
    },
  };
}

/** Serves the plane on one connection that already stands: the pipe to a private host. */
export function serveConnection(connection: Duplex, plane: OperatorPlane): void {
  createServer(plane, new Set(), new Set()).emit('connection', connection);
}

/** Resolves when all of these have left, or it takes too long. */
function answersOut(answering: ReadonlySet<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, answersWithinMs);
    const left = [...answering].map((response) => new Promise((out) => response.once('close', out)));
    void Promise.all(left).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function createServer(plane: OperatorPlane, listeners: Set<ServerResponse>, answering: Set<ServerResponse>): Server {
  const server = http.createServer({
    requireHostHeader: false,
    maxHeaderSize: maxWireHeadBytes,
    requestTimeout: 0,
    keepAliveTimeout: 0,
  });
  server.on('request', (request, response) => {
    response.setHeader(wireHeader.contract, contractVersion);
    answer(plane, listeners, answering, request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else sendResult(response, { ok: false, error: errorBody(error) });
    });
  });
  return server;
}

async function answer(
  plane: OperatorPlane,
  listeners: Set<ServerResponse>,
  answering: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = '' } = request;
  const name = method === 'POST' && url.startsWith('/call/') ? url.slice('/call/'.length) : null;
  const theirs = request.headers[wireHeader.contract];
  if (name !== versionlessOperation) checkContract(typeof theirs === 'string' ? theirs : undefined);
  if (name !== null) {
    const question = await readWhole(request);
    answering.add(response);
    response.once('close', () => answering.delete(response));
    return sendResult(response, await ask(plane, name, question));
  }
  if (method === 'POST' && url === '/invoke') return invoke(plane, request, response);
  if (method === 'GET' && url === '/events')
    return streamEvents((listener) => plane.onEvent(listener), listeners, response);
  throw new AivaultError('invalid_request', 'The control socket has no such question.');
}

async function readWhole(request: IncomingMessage): Promise<Uint8Array> {
  const bytes = await collect(request, maxQuestionBytes);
  if (bytes === null) throw new AivaultError('too_large', 'The question is larger than 32 MiB.');
  return bytes;
}

async function ask(plane: OperatorPlane, name: string, question: Uint8Array): Promise<Result<unknown>> {
  const { input, presence } = readQuestion(question);
  return plane.dispatch(name, input, presence === undefined ? { actor } : { actor, presence });
}

async function invoke(plane: OperatorPlane, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = request.headers[wireHeader.incoming];
  const parsed = incomingHead.safeParse(typeof text === 'string' ? decodeHead(text) : undefined);
  if (!parsed.success) throw new AivaultError('invalid_request', 'The head of the request is not readable.');
  const { hasBody, caller, ...head } = parsed.data;
  const incoming = {
    ...head,
    caller: caller.kind === 'bearer' ? caller : { ...caller, via: 'cli' },
    body: hasBody ? request : null,
  } as Incoming;
  const given = await plane.invoke(incoming, abortOnDisconnect(request)).catch(internal);
  const { body, trailers: _, ...answerHead } = given;
  response.setHeader(wireHeader.answer, encodeHead(answerHead));
  sendAnswer(request, response, { status: 200, statusText: '', headers: [], body });
}

function sendResult(response: ServerResponse, result: Result<unknown>): void {
  const body = Buffer.from(JSON.stringify(result), 'utf8');
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
