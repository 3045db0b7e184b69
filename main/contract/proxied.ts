import { z } from 'zod';
import type { ErrorBody } from './errors.ts';

// A proxied request, as it enters and leaves the broker. No Node types: bodies are bytes or async iterables of bytes.

const pair = z.strictObject({ name: z.string().max(256), value: z.string().max(16 * 1024) });

/** The request half of an envelope. `url` may only be absent or null: the destination is policy's, not the caller's. */
const envelopeRequest = z.strictObject({
  method: z.string().trim().min(1).max(32).optional(),
  path: z
    .string()
    .min(1)
    .max(8 * 1024)
    .optional(),
  headers: z.array(pair).max(128).default([]),
  body: z.string().nullish(),
  multipart: z.record(z.string(), z.string()).nullish(),
  multipartFiles: z.array(z.strictObject({ field: z.string(), path: z.string() })).nullish(),
  bodyFilePath: z.string().nullish(),
  url: z.string().nullish(),
});

/** `POST /aivault/proxy`. Objects only, no unknown keys, no duplicate keys (checked before parsing). */
export const envelope = z.strictObject({
  capability: z.string().min(1).max(160),
  credential: z.string().max(64).nullish(),
  request: envelopeRequest,
});
export type Envelope = z.output<typeof envelope>;

export type HeaderPair = readonly [name: string, value: string];
export type BodyBytes = AsyncIterable<Uint8Array>;

/** Who sent a proxied request: a bearer of a token, or the operator's own CLI or window. */
export type Caller =
  | { readonly kind: 'bearer' }
  | {
      readonly kind: 'operator';
      readonly via: 'cli' | 'window' | 'console';
      readonly workspaceId?: string;
      readonly groupId?: string;
      readonly consumer?: string;
    };

/** One request as the wire delivered it: nothing decoded, nothing trusted. */
export interface Incoming {
  readonly door: 'envelope' | 'pass-through';
  readonly caller: Caller;
  readonly method: string;
  /** The raw request target: path and query exactly as sent. */
  readonly target: string;
  /** In order, duplicates kept. */
  readonly headers: readonly HeaderPair[];
  /**
   * The envelope, where an operator's own client sends it beside the body instead of around it: then `body` is the
   * upstream's body as bytes, so files and streams need no escaping. Unparsed; from operators only, never from a bearer.
   */
  readonly envelope?: unknown;
  /** A small body of known length should arrive whole: it is what makes small calls quick. */
  readonly body: Uint8Array | BodyBytes | null;
  /** Whole-request deadline the caller asked for. */
  readonly timeoutMs?: number;
}

/** What goes back: the upstream's answer, filtered, or ours when `refusal` is set. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderPair[];
  /** Small bodies arrive whole. */
  readonly body: Uint8Array | BodyBytes | null;
  /** Trailers, once the body has ended. */
  readonly trailers?: () => readonly HeaderPair[];
  readonly refusal?: ErrorBody;
  /** The audit entry's facts a CLI may print: no secret can be among them. */
  readonly planned?:
    | {
        readonly capability: string;
        readonly credential: string;
        readonly method: string;
        /** With auth parts of query and path replaced by REDACTED. */
        readonly url: string;
      }
    | undefined;
}

/** Sends one request through the ten stages. Never throws: refusals are answers. */
export type Invoke = (incoming: Incoming, signal: AbortSignal) => Promise<Answer>;

/** The first message of `GET /aivault/ws`: what to connect to. `targetUrl` may only be absent or null. */
export const connectFrame = z.strictObject({
  capability: z.string().min(1).max(160),
  credential: z.string().max(64).nullish(),
  path: z
    .string()
    .min(1)
    .max(8 * 1024),
  headers: z.array(pair).max(128).default([]),
  protocols: z
    .array(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/))
    .max(16)
    .default([]),
  targetUrl: z.string().nullish(),
});

/** One WebSocket message (RFC 6455 §5.6), whole. */
export interface Message {
  readonly data: Uint8Array;
  readonly text: boolean;
}

/** One side of a WebSocket after its handshake. `incoming` ends when that side has closed. */
export interface MessagePipe {
  readonly incoming: AsyncIterable<Message>;
  /** Resolves when the message has left; rejects where the pipe is gone. */
  send(message: Message): Promise<void>;
  /** RFC 6455 §7.4. Codes that may not be sent become 1000 or 1011. */
  close(code: number, reason: string): void;
  /** How this side closed; 1006 without a closing handshake. */
  closed(): { readonly code: number; readonly reason: string };
}

/**
 * What became of a handshake: an answer in HTTP instead of an upgrade, or a connection that is ready to talk.
 * `talk` resolves when both sides are closed; it never rejects.
 */
export type Connection =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'open'; readonly protocol: string | null; talk(caller: MessagePipe): Promise<void> };

/**
 * A WebSocket through the ten stages, treated as a GET. Door `envelope` is `/aivault/ws`, whose first message is a
 * connect frame; door `pass-through` is `/v/…`. Never throws.
 */
export type Connect = (incoming: Incoming, signal: AbortSignal) => Promise<Connection>;
