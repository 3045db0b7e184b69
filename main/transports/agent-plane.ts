import type { IncomingMessage, ServerResponse } from 'node:http';
import { AivaultError } from '#contract/errors.ts';
import type { Answer, HeaderPair, Incoming, Invoke } from '#contract/proxied.ts';
import { collect } from './body-bytes.ts';
import { abortOnDisconnect, headerPairs, internal, refusal, sendAnswer, takeBody } from './http-answer.ts';
import { together } from './together.ts';

// What an agent can reach, over the loopback port or the shared socket: two doors of the broker, a health word, and the
// path secrets. No operation of the operator plane has a route here, whatever the request says (B2, C3).

/** Answers one request under `/v1/`: path secrets, asked for with a personal token. */
export type AskPathSecrets = (request: {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  /** Reads the body. Not called for who proves no token: two MiB of each stranger would be a lot (I6). Throws `too_large`. */
  readonly body: () => Promise<Uint8Array>;
}) => Promise<{ readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: Uint8Array }>;

export interface AgentPlane {
  readonly invoke: Invoke;
  readonly pathSecrets?: AskPathSecrets;
  /** While true, both doors are refused with `host_busy`; health still answers. */
  readonly paused?: () => boolean;
}

export type AgentRoute = (request: IncomingMessage, response: ServerResponse, target: string) => void;

const bearer = { kind: 'bearer' } as const;
/** A value of 1 MiB whose every byte was written as \u00xx, and its metadata likewise: what is too large is core's to say. */
const maxPathSecretBytes = 6 * (1024 + 16) * 1024 + 64 * 1024;

/** The same for every wrong address: it tells a prober nothing (A6). */
const nothingHere = refusal(new AivaultError('not_found', 'There is nothing at this address.').toJSON());
const onHold = refusal(new AivaultError('host_busy', 'The endpoint is paused.', { retryAfterSeconds: 5 }).toJSON());
const healthy: Answer = {
  status: 200,
  statusText: '',
  headers: [['content-type', 'application/json']],
  body: Buffer.from('{"ok":true}'),
};

export function createAgentPlane(plane: AgentPlane): AgentRoute {
  const atEndOfTurn = together();
  return (request, response, target) => {
    const door = doorOf(request.method, target);
    if (door === 'health') return sendAnswer(request, response, healthy);
    if (door === null || (door === 'path-secrets' && plane.pathSecrets === undefined)) {
      return sendAnswer(request, response, nothingHere);
    }
    if (plane.paused?.()) return sendAnswer(request, response, onHold);
    takeBody(request, (body) => {
      const call =
        door === 'path-secrets'
          ? askPathSecrets(plane.pathSecrets!, request, target, body)
          : plane.invoke(incomingOf(request, door, target, body), abortOnDisconnect(request));
      call.then(
        (answer) => atEndOfTurn(() => sendAnswer(request, response, answer)),
        () => sendAnswer(request, response, internal()),
      );
    });
  };
}

function incomingOf(
  { method = '', rawHeaders }: IncomingMessage,
  door: Incoming['door'],
  target: string,
  body: Incoming['body'],
): Incoming {
  return { door, caller: bearer, method, target, headers: headerPairs(rawHeaders), body };
}

async function askPathSecrets(
  ask: AskPathSecrets,
  { method = '', rawHeaders }: IncomingMessage,
  target: string,
  body: Incoming['body'],
): Promise<Answer> {
  const read = async (): Promise<Uint8Array> => {
    if (body === null || body instanceof Uint8Array) return body ?? new Uint8Array();
    const bytes = await collect(body, maxPathSecretBytes);
    if (bytes === null) throw new AivaultError('too_large', 'The body is larger than this endpoint takes.');
    return bytes;
  };
  return { statusText: '', ...(await ask({ method, target, headers: headerPairs(rawHeaders), body: read })) };
}

function doorOf(method: string | undefined, target: string): Incoming['door'] | 'path-secrets' | 'health' | null {
  if (target.startsWith('/v/')) return 'pass-through';
  if (target.startsWith('/v1/')) return 'path-secrets';
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  if (path === '/aivault/proxy' && method === 'POST') return 'envelope';
  return path === '/aivault/health' && (method === 'GET' || method === 'HEAD') ? 'health' : null;
}
