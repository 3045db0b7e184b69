import type { HeaderPair } from '#contract/proxied.ts';
import type { Auth, AuthKind } from '#contract/schemas/auth.ts';
import type { SecretMaterial } from '../../vault/secret-material.ts';
import type { MaybeLater } from '../at-once.ts';

// The seam between the pipeline and one way of proving who is asking. Each kind is one file and sits auth.conformance.ts.

export type AuthOf<K extends AuthKind> = Extract<Auth, { kind: K }>;
export type Fields = Readonly<Record<string, SecretMaterial>>;

/** The planned request, as it will be sent but for the auth, and the material to prove it with. */
export interface AuthInput<K extends AuthKind> {
  readonly auth: AuthOf<K>;
  /** A value per template field; `secret` where there is only one. */
  readonly fields: Fields;
  /** Fields that are injected but not redacted. */
  readonly identifiers: ReadonlySet<string>;
  readonly method: string;
  /** What the `host` header will say. */
  readonly host: string;
  readonly path: string;
  /** Without `?`; null where there is none. */
  readonly query: string | null;
  /** Lower-case names. */
  readonly headers: readonly HeaderPair[];
  /** Hex SHA-256 of the body; null where it streams by and cannot be known. */
  readonly bodySha256: string | null;
  readonly nowMs: number;
}

/** A client certificate for the TLS handshake, PEM (RFC 7468). */
export interface ClientCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The request with its proof. Holds plaintext: it lives as long as the request and is never written down. */
export interface Applied {
  readonly path: string;
  readonly query: string | null;
  readonly headers: readonly HeaderPair[];
  /** The secret parts as bytes, for `formsOf`; the receiver wipes them. Identifiers are left out. */
  readonly injected: readonly Uint8Array[];
  readonly tls?: ClientCertificate;
  /** oauth2: the access token's digest, for `TokenSource.ready` after a 401. */
  readonly tokenDigest?: string;
}

export interface AuthStrategy<K extends AuthKind> {
  /** Header names only the broker may set; a caller who sends one is refused. Lower case. */
  ownedHeaders(auth: AuthOf<K>): readonly string[];
  /** Header names a caller's SDK sends by habit: dropped without a word and set anew. Lower case. */
  replacedHeaders(auth: AuthOf<K>): readonly string[];
  /** Header names this kind's APIs need beyond the base lists, `x-foo-*` allowed. */
  extraHeaders(auth: AuthOf<K>): { readonly request: readonly string[]; readonly response: readonly string[] };
  /** Query names only the broker may set, to be compared decoded and case-folded. */
  ownedQuery(auth: AuthOf<K>): readonly string[];
  /** What a caller's path may not begin with, or null. */
  ownedPath(auth: AuthOf<K>): string | null;
  /** Whether `apply` needs `bodySha256`, so that a streamed body has to be gathered first. */
  needsBodyHash(auth: AuthOf<K>): boolean;
  /** Path and query as they may be shown: auth parts are the word REDACTED. */
  shown(auth: AuthOf<K>, sent: Shown): Shown;
  /** Throws `auth_failed` where these values cannot be sent this way; the message never holds a value. */
  check(auth: AuthOf<K>, fields: Fields): void;
  /** Adds the proof, at once where nothing has to be waited for. Throws, or rejects, as `check` throws. */
  apply(input: AuthInput<K>): MaybeLater<Applied>;
}

export interface Shown {
  readonly path: string;
  readonly query: string | null;
}

/** What most kinds have nothing to say about. */
export const ownsNothing = {
  ownedHeaders: () => [],
  replacedHeaders: () => [],
  extraHeaders: () => ({ request: [], response: [] }),
  ownedQuery: () => [],
  ownedPath: () => null,
  needsBodyHash: () => false,
  shown: (_auth: unknown, sent: Shown): Shown => sent,
} as const;
