import { lstatSync, readFileSync } from 'node:fs';
import type { Agent, IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Environment } from '#contract/environment.ts';
import { AivaultError, errorFromBody } from '#contract/errors.ts';
import type { Answer, BodyBytes, Incoming } from '#contract/proxied.ts';
import { collect } from './body-bytes.ts';
import type { HostClient } from './host-client.ts';
import { headerPairs } from './http-answer.ts';
import { http } from './quick-http.ts';

/** Where `aivault setup agent-access` leaves the group's bearer token, beside the socket. */
const tokenFileName = 'agent.token';
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * A client of somebody else's host: it reaches the agent plane only, with the token that was left for its group (or the
 * one in `AIVAULT_TOKEN`). Throws `host_unreachable` where nothing listens or the socket cannot be trusted; there is no
 * other way in, so no host is started instead (D07).
 */
export function connectSharedHost(socket: string, environment: Environment): HostClient {
  checkShared(socket);
  const agent = new http.Agent({ keepAlive: true });
  const token = environment.AIVAULT_TOKEN?.trim() || readToken(path.join(path.dirname(socket), tokenFileName));
  return {
    call: async () => ({
      ok: false,
      error: new AivaultError(
        'operator_required',
        'This host belongs to another user; you may invoke what its token allows.',
        {
          hint: 'Use `aivault invoke`, or set AIVAULT_DIR for a vault of your own.',
        },
      ).toJSON(),
    }),
    invoke: async (incoming, signal) => {
      const body = await toEnvelope(incoming);
      return send({ socket, agent, token, body, ...(signal === undefined ? {} : { signal }) });
    },
    async *events() {},
    close: async () => agent.destroy(),
  };
}

/** The socket and the folder belong to one user, and nobody else can replace either. */
function checkShared(socket: string): void {
  const folder = path.dirname(socket);
  const unreachable = (message: string) =>
    new AivaultError('host_unreachable', message, { hint: 'Ask the user who runs `aivaultd --shared`.' });
  try {
    const place = lstatSync(folder);
    const above = lstatSync(path.join(folder, '..'));
    const entry = lstatSync(socket);
    const closed =
      place.isDirectory() && (place.mode & 0o022) === 0 && ((above.mode & 0o022) === 0 || (above.mode & 0o1000) !== 0);
    if (closed && entry.isSocket() && entry.uid === place.uid) return;
  } catch (cause) {
    const denied = (cause as NodeJS.ErrnoException).code === 'EACCES';
    throw unreachable(denied ? 'You are not in the group that may use the shared host.' : 'No shared host runs.');
  }
  throw unreachable('The shared socket cannot be trusted.');
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new AivaultError('token_invalid', 'There is no token for the shared host.', { hint: 'Set AIVAULT_TOKEN.' });
  }
}

/** The envelope around its body again, as the agent plane takes it. Throws `invalid_request` for a body that is not text. */
async function toEnvelope(incoming: Incoming): Promise<Buffer> {
  const envelope = (incoming.envelope ?? {}) as { request?: Record<string, unknown> };
  const bytes =
    incoming.body === null
      ? null
      : incoming.body instanceof Uint8Array
        ? incoming.body
        : await collect(incoming.body, maxBodyBytes);
  if (bytes === null) {
    if (incoming.body !== null) throw new AivaultError('too_large', 'The body is larger than 16 MiB.');
    return Buffer.from(JSON.stringify(envelope));
  }
  try {
    const body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return Buffer.from(JSON.stringify({ ...envelope, request: { ...envelope.request, body } }));
  } catch {
    throw new AivaultError('invalid_request', 'Only text can be sent through the shared host this way.', {
      hint: 'Send bytes to /v/<credential>/… on the socket with curl --unix-socket.',
    });
  }
}

interface Sending {
  readonly socket: string;
  readonly agent: Agent;
  readonly token: string;
  readonly body: Buffer;
  readonly signal?: AbortSignal;
}

function send({ socket, agent, token, body, signal }: Sending): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const options = { socketPath: socket, agent, path: '/aivault/proxy', method: 'POST', headers };
    const request = http.request({ ...options, ...(signal === undefined ? {} : { signal }) });
    request.once('error', (cause: NodeJS.ErrnoException) => {
      const never = cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT' || cause.code === 'EACCES';
      const message = never
        ? 'No shared host answers.'
        : 'The host went away before it answered; the request may have been carried out.';
      reject(signal?.aborted ? cause : new AivaultError('host_unreachable', message, { cause }));
    });
    request.once('response', (response) => resolve(toAnswer(response)));
    request.end(body);
  });
}

async function toAnswer(response: IncomingMessage): Promise<Answer> {
  const headers = headerPairs(response.rawHeaders);
  const answer = { status: response.statusCode ?? 0, statusText: response.statusMessage ?? '', headers };
  if (response.headers['aivault-error'] === undefined) return { ...answer, body: response as BodyBytes };
  const body = await collect(response);
  const refusal = errorFromBody(JSON.parse(Buffer.from(body).toString('utf8'))).toJSON();
  return { ...answer, body, refusal };
}
