import type { z } from 'zod';
import type { Result } from './errors.ts';
import type { OperationName, operations } from './operations.ts';

/** What an operation takes, as the asker writes it (defaults may be left out). */
export type Input<N extends OperationName> = z.input<(typeof operations)[N]['input']>;
/** What the handler receives: the same, parsed, defaults filled in. */
export type Parsed<N extends OperationName> = z.output<(typeof operations)[N]['input']>;
export type Output<N extends OperationName> = z.output<(typeof operations)[N]['output']>;

/** Asks the host. The renderer, the CLI, the console and the tests all hold one of these and know nothing else. */
export type Call = <N extends OperationName>(name: N, input: Input<N>) => Promise<Result<Output<N>>>;

/** Who is asking: set by the transport from what the kernel or the window proved, never from the question. */
export type Actor =
  | { readonly kind: 'operator'; readonly via: 'cli' | 'window' | 'console' | 'host' }
  | { readonly kind: 'agent'; readonly tokenId: string };

/** An actor as the log names it: `operator:cli`, `agent:tok_…`. */
export function actorText(actor: Actor): string {
  return actor.kind === 'operator' ? `operator:${actor.via}` : `agent:${actor.tokenId}`;
}

/** Proof of presence sent beside a question whose row says `presence: fresh`. */
export interface Presence {
  readonly passphrase?: string;
  /** Set by the desktop only, after its own confirmation window. */
  readonly confirmed?: true;
}

/** What travels beside every question. */
export interface Asker {
  readonly actor: Actor;
  readonly presence?: Presence;
}

export type Handler<N extends OperationName, A extends Asker = Asker> = (
  input: Parsed<N>,
  asker: A,
) => Promise<Output<N>>;
/** One handler for every row; a missing one does not compile. `A`: what the host adds to the asker on the way in. */
export type Handlers<A extends Asker = Asker> = { readonly [N in OperationName]: Handler<N, A> };
export type Dispatch = (name: string, input: unknown, asker: Asker) => Promise<Result<unknown>>;

/** How much of its share a personal token has left; only where a share is set. */
export interface Rate {
  readonly perMinute: number;
  readonly remaining: number;
  /** When the whole share is there again. */
  readonly fullAtMs: number;
}

/** The answer to a bearer's question, and what is left of its share. */
export type Asked = Result<unknown> & { readonly rate?: Rate };

/** Asks with a bearer token. `input` runs only once the token was verified; what it throws becomes the answer. */
export type Ask = (bearer: string | null, name: OperationName, input: () => unknown) => Promise<Asked>;
