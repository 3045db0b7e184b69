import type { Agent, IncomingMessage } from 'node:http';
import type { Input, Output, Presence } from '#contract/call.ts';
import { AivaultError, errorFromBody, type Result } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import type { OperationName } from '#contract/operations.ts';
import type { Answer, BodyBytes, Incoming } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';
import { collect, sendBody } from './body-bytes.ts';
import { http } from './quick-http.ts';
import {
  type AnswerHead,
  checkContract,
  decodeHead,
  encodeHead,
  maxWireHeadBytes,
  versionlessOperation,
  wireHeader,
} from './wire.ts';

/** What holds a host at the other end: the CLI, a desktop beside a running aivaultd, the tests. */
export interface HostClient {
  /** Asks one operation. Refusals are results; only a host that goes away mid-question throws `host_unreachable`. */
  call<N extends OperationName>(
    name: N,
    input: Input<N>,
    options?: { presence?: Presence },
  ): Promise<Result<Output<N>>>;
  /** Sends one proxied request as the operator. The body of the answer streams. Never sent twice. */
  invoke(incoming: Incoming, signal?: AbortSignal): Promise<Answer>;
  /** What the host announces from now on. Ends when the host closes or `signal` aborts. */
  events(signal?: AbortSignal): AsyncIterable<HostEvent>;
  /** Lets the process end: idle connections are dropped, a private host is stopped. */
  close(): Promise<void>;
}

/** Where requests go: an agent that knows how to open (or reuse) a connection to the host. */
export interface HostConnection {
  readonly agent: Agent;
  /** A pipe to a private host carries one exchange at a time, and nobody else is there to announce anything. */
  readonly single: boolean;
  close(): Promise<void>;
}

/** Said, so that nobody works out a TLS name for a socket without TLS: that compiles a large regular expression. */
const noTlsName = { servername: '' };

const gone = () =>
  new AivaultError(
    'host_unreachable',
    'The host went away before it answered; the request may have been carried out.',
    {
      hint: 'Look at `aivault audit` before you repeat it.',
    },
  );

/** Speaks the control socket's HTTP over the given connection. */
export function createHostClient(connection: HostConnection): HostClient {
  const send = (
    path: string,
    options: {
      method?: string;
      headers?: Record<string, string | number>;
      body?: Answer['body'];
      signal?: AbortSignal;
    },
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = http.request({
        ...noTlsName,
        agent: connection.agent,
        host: 'aivault',
        path,
        method: options.method ?? 'POST',
        maxHeaderSize: maxWireHeadBytes,
        headers: { ...options.headers, [wireHeader.contract]: contractVersion },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      request.once('response', resolve);
      request.once('error', (cause) => reject(options.signal?.aborted ? cause : gone()));
      const body = options.body ?? null;
      // A streamed body may be long in coming: what is refused is refused without it.
      if (body !== null && !(body instanceof Uint8Array)) request.flushHeaders();
      sendBody(request, body).catch(() => request.destroy());
    });

  return {
    async call<N extends OperationName>(name: N, input: Input<N>, options: { presence?: Presence } = {}) {
      const { presence } = options;
      const body = Buffer.from(JSON.stringify(presence === undefined ? { input } : { input, presence }), 'utf8');
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const response = await send(`/call/${name}`, { headers, body });
      const answer = await collect(response).catch(() => Promise.reject(gone()));
      if (name !== versionlessOperation) checkContract(contractOf(response));
      return readResult<Output<N>>(answer);
    },

    async invoke(incoming, signal) {
      const { body, ...rest } = incoming;
      const headers: Record<string, string | number> = {
        [wireHeader.incoming]: encodeHead({ ...rest, hasBody: body !== null }),
      };
      const response = await send('/invoke', { headers, body, ...(signal === undefined ? {} : { signal }) });
      checkContract(contractOf(response));
      const text = response.headers[wireHeader.answer];
      const head = typeof text === 'string' ? (decodeHead(text) as AnswerHead | undefined) : undefined;
      if (head === undefined) return refused(await collect(response));
      return { ...head, body: response as BodyBytes };
    },

    async *events(signal) {
      if (connection.single) return;
      const response = await send('/events', { method: 'GET', ...(signal === undefined ? {} : { signal }) });
      checkContract(contractOf(response));
      try {
        let rest = '';
        for await (const chunk of response.setEncoding('utf8')) {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line !== '') yield JSON.parse(line) as HostEvent;
        }
      } catch (cause) {
        if (!signal?.aborted && (cause as { code?: string }).code !== 'ECONNRESET') throw cause;
      }
    },

    close: () => connection.close(),
  };
}

function contractOf(response: IncomingMessage): string | undefined {
  const value = response.headers[wireHeader.contract];
  return typeof value === 'string' ? value : undefined;
}

/** A refusal that came without an answer's head: the host could not read the question. */
function refused(body: Uint8Array): Answer {
  const result = readResult<never>(body);
  const refusal = result.ok ? errorFromBody(undefined).toJSON() : result.error;
  return { status: 500, statusText: '', headers: [], body: null, refusal };
}

function readResult<T>(body: Uint8Array): Result<T> {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8'));
    if (value?.ok === true) return { ok: true, value: value.value };
    return { ok: false, error: errorFromBody(value?.error).toJSON() };
  } catch {
    return { ok: false, error: errorFromBody(undefined).toJSON() };
  }
}
