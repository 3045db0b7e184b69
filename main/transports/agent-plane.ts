import type { IncomingMessage, ServerResponse } from 'node:http';
import { AivaultError, type ErrorBody, type ErrorCode } from '#contract/errors.ts';
import type { Answer, HeaderPair, Incoming, Invoke } from '#contract/proxied.ts';
import { collect } from './body-bytes.ts';
import { abortOnDisconnect, headerPairs, internal, refusal, sendAnswer, takeBody } from './http-answer.ts';
import type { Room } from './room-for-callers.ts';
import { together } from './together.ts';

// What an agent can reach, over the loopback port or the shared socket: two doors of the broker, a health word, and the
// path secrets. No operation of the operator plane has a route here, whatever the request says (B2, C3).

/** Answers requests under `/v1`: path secrets, asked for with a personal token. Its refusals have an envelope of their own. */
export interface PathSecretsDoor {
  answer(request: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly HeaderPair[];
    /** Reads the body. Not called for who proves no token: two MiB of each stranger would be a lot (I6). Throws `too_large`. */
    readonly body: () => Promise<Uint8Array>;
  }): Promise<PathAnswer>;
  refuse(error: ErrorBody): PathAnswer;
}
type PathAnswer = Omit<Answer, 'statusText'>;

export interface AgentPlane {
  readonly invoke: Invoke;
  readonly pathSecrets?: PathSecretsDoor;
  /** While true, every door is refused with `host_busy`; health still answers. */
  readonly paused?: () => boolean;
}

export interface AgentRoute {
  /** Answers a request for `target`, a path with its query. */
  take(request: IncomingMessage, response: ServerResponse, target: string): void;
  /** Turns a request away in the words of the door it knocked at, whatever else may be wrong with it. */
  refuse(request: IncomingMessage, response: ServerResponse, target: string, error: ErrorBody): void;
}

const bearer = { kind: 'bearer' } as const;
/** A value of 1 MiB whose every byte was written as \u00xx, and its metadata likewise: what is too large is core's to say. */
const maxPathSecretBytes = 6 * (1024 + 16) * 1024 + 64 * 1024;

/** The same for every wrong address: it tells a prober nothing (A6). */
const nothingHere = refusal(new AivaultError('not_found', 'There is nothing at this address.').toJSON());
const onHold = new AivaultError('host_busy', 'The endpoint is paused.', { retryAfterSeconds: 5 }).toJSON();
const coded = new AivaultError(
  'invalid_request',
  'A body comes with a length or chunked, under no other transfer coding.',
  {
    hint: 'A compressed body says so in content-encoding.',
  },
).toJSON();
const healthy: Answer = {
  status: 200,
  statusText: '',
  headers: [['content-type', 'application/json']],
  body: Buffer.from('{"ok":true}'),
};

/** What a request without a good token is answered; of a locked vault nobody knows whether it was good. */
const ofStrangers: ReadonlySet<ErrorCode> = new Set(['token_invalid', 'vault_locked']);

/** `room` is told whose connections carry calls. Questions about path secrets are short: they need no place of their own. */
export function createAgentPlane(plane: AgentPlane, room: Room): AgentRoute {
  const atEndOfTurn = together();
  const { pathSecrets } = plane;
  const refuse: AgentRoute['refuse'] = (request, response, target, error) => {
    const ofPaths = pathSecrets !== undefined && isPathTarget(target);
    const answer = ofPaths ? { statusText: '', ...pathSecrets.refuse(error), refusal: error } : refusal(error);
    sendAnswer(request, response, answer);
  };
  const take: AgentRoute['take'] = (request, response, target) => {
    const door = doorOf(request.method, target);
    if (door === 'health') return sendAnswer(request, response, healthy);
    if (door === null || (door === 'path-secrets' && pathSecrets === undefined)) {
      return sendAnswer(request, response, nothingHere);
    }
    if (plane.paused?.()) return refuse(request, response, target, onHold);
    if (isCoded(request)) return refuse(request, response, target, coded);
    takeBody(request, (body) => {
      const { socket } = request;
      if (door !== 'path-secrets') room.admit(socket);
      const call =
        door === 'path-secrets'
          ? askPathSecrets(pathSecrets!, request, target, body)
          : plane.invoke(incomingOf(request, door, target, body), abortOnDisconnect(request));
      call.then(
        (answer) => {
          if (answer.refusal !== undefined && ofStrangers.has(answer.refusal.error)) room.doubt(socket);
          atEndOfTurn(() => sendAnswer(request, response, answer));
        },
        () => sendAnswer(request, response, internal()),
      );
    });
  };
  return { take, refuse };
}

/** The parser takes off `chunked` and leaves what else there is: the upstream would get it without being told. */
function isCoded({ headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return coding !== undefined && coding.toLowerCase() !== 'chunked';
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
  door: PathSecretsDoor,
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
  return { statusText: '', ...(await door.answer({ method, target, headers: headerPairs(rawHeaders), body: read })) };
}

function doorOf(method: string | undefined, target: string): Incoming['door'] | 'path-secrets' | 'health' | null {
  if (target.startsWith('/v/')) return 'pass-through';
  if (isPathTarget(target)) return 'path-secrets';
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  if (path === '/aivault/proxy' && method === 'POST') return 'envelope';
  return path === '/aivault/health' && (method === 'GET' || method === 'HEAD') ? 'health' : null;
}

/** `/v1` and what is below it. */
function isPathTarget(target: string): boolean {
  return target.startsWith('/v1') && (target.length === 3 || target[3] === '/' || target[3] === '?');
}
