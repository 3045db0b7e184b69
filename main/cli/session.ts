import type { Output as Answer, Input, Presence } from '#contract/call.ts';
import { AivaultError, errorFromBody, type Result } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import { connectHost, findHost, type HostClient } from '#transports/find-host.ts';
import type { Output } from './output.ts';
import { askHidden, canAsk, type Terminal } from './prompt.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command works with: it asks the host, prints, and asks the person; it owns nothing. */
export interface Session {
  readonly out: Output;
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly now: () => number;
  /** Aborts when the person interrupts or the reader of our output is gone. */
  readonly signal: AbortSignal;
  /** Asks one operation of the host, starting one if none runs. Throws what the host refused with. */
  ask<N extends OperationName>(name: N, input: Input<N>, presence?: PresenceSource): Promise<Answer<N>>;
  /** The host, started if need be. */
  host(): Promise<HostClient>;
  /** The host that runs now, or null; never starts one. */
  runningHost(): Promise<HostClient | null>;
  close(): Promise<void>;
}

/** Where a passphrase for `presence_required` comes from when it is not asked for at the terminal. */
export type PresenceSource = () => Promise<string | undefined>;

interface SessionOptions {
  readonly out: Output;
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** One connection for the whole command, opened with the first question. */
export function createSession(options: SessionOptions): Session {
  const { terminal, environment } = options;
  let opened: Promise<HostClient> | undefined;
  const host = () => {
    opened ??= connectHost({ environment });
    return opened;
  };
  return {
    ...options,
    host,
    runningHost: async () => {
      if (opened !== undefined) return opened;
      const found = await findHost({ environment });
      if (found !== null) opened = Promise.resolve(found);
      return found;
    },
    ask: async (name, input, source) => {
      const client = await host();
      const first = await client.call(name, input);
      if (first.ok || first.error.error !== 'presence_required') return unwrap(first);
      const presence = await provePresence(terminal, source);
      if (presence === undefined) return unwrap(first);
      return unwrap(await client.call(name, input, { presence }));
    },
    close: async () => {
      if (opened === undefined) return;
      const client = await opened.catch(() => null);
      await client?.close();
    },
  };
}

/** The value, or the refusal thrown as the error it is. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw errorFromBody(result.error);
}

async function provePresence(terminal: Terminal, source: PresenceSource | undefined): Promise<Presence | undefined> {
  const given = await source?.();
  if (given !== undefined) return { passphrase: given };
  if (!canAsk(terminal)) return undefined;
  return { passphrase: await askHidden(terminal, 'Passphrase, to prove that it is you') };
}

/** A refusal this program makes itself, before it asks. */
export function invalid(message: string, hint?: string): AivaultError {
  return new AivaultError('invalid_request', message, hint === undefined ? {} : { hint });
}
