import type { Output as Answer, Input, Presence } from '#contract/call.ts';
import type { Environment } from '#contract/environment.ts';
import { AivaultError, errorFromBody, type Result } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import { connectHost, findHost, type HostClient } from '#transports/find-host.ts';
import type { Output } from './output.ts';
import { askHidden, canAsk, type Terminal } from './prompt.ts';

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

/** The passphrase that a flag brings as proof of presence; undefined where none does, and the terminal is asked if need be. */
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
  /** What proved presence once in this command proves it again: a person types it once, however many values are read. */
  let proven: Presence | undefined;
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
      const given = proven ?? (await presenceOf(source));
      const first = await client.call(name, input, given === undefined ? {} : { presence: given });
      if (!needsPresence(first)) {
        proven = given;
        return unwrap(first);
      }
      if (given !== undefined) return unwrap(first);
      if (!canAsk(terminal)) return unwrap(source === undefined ? first : withFlagsNamed(first));
      const presence = { passphrase: await askHidden(terminal, 'Passphrase, to prove that it is you') };
      const second = await client.call(name, input, { presence });
      if (!needsPresence(second)) proven = presence;
      return unwrap(second);
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

async function presenceOf(source: PresenceSource | undefined): Promise<Presence | undefined> {
  const passphrase = await source?.();
  return passphrase === undefined ? undefined : { passphrase };
}

/** The passphrase answers it: not where it is the value of a secret that is asked for again. */
const needsPresence = (result: Result<unknown>): boolean =>
  !result.ok && result.error.error === 'presence_required' && result.error.reason !== 'value_again';

/** Where there is no terminal to ask at, the refusal names the flags that this command has for it. */
function withFlagsNamed<T>(result: Result<T>): Result<T> {
  if (result.ok) return result;
  return { ok: false, error: { ...result.error, hint: 'Use --passphrase-stdin or --passphrase-file.' } };
}

/** A refusal this program makes itself, before it asks. */
export function invalid(message: string, hint?: string): AivaultError {
  return new AivaultError('invalid_request', message, hint === undefined ? {} : { hint });
}
