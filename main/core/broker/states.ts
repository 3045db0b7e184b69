import type { BodyBytes, HeaderPair, Incoming } from '#contract/proxied.ts';
import type { ClientCertificate } from './auth/strategy.ts';
import type { Capability, CredentialView, Grant } from './parties.ts';
import type { Forms } from './redact/forms.ts';

// The states of a proxied request. Permitted, Planned, Approved and Authorised carry brands that no object literal can
// have: each is made in one place, by its own stage (states.test.ts holds that), so code that decrypts before policy has
// looked does not compile.

export interface Identified {
  readonly incoming: Incoming;
  readonly grant: Grant;
  /** Pass-through: headers without the token's, lower-case names, in order. Empty for an envelope. */
  readonly headers: readonly HeaderPair[];
  /** Pass-through: the raw path and query after `/v/<segment>`, the token's slot removed. */
  readonly target: string;
  /** Pass-through: the first segment; null for an envelope. */
  readonly segment: string | null;
}

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: BodyBytes; readonly length: number | null };

/** Path and query canonicalised once: what policy matches is byte for byte what will be sent. */
export interface Understood extends Identified {
  readonly method: string;
  /** `/` and printable ASCII, percent-encoded, no dot segments. */
  readonly path: string;
  /** Without `?`; null where there was none. */
  readonly query: string | null;
  readonly requested:
    | { readonly by: 'capability'; readonly capability: string; readonly credential: string | null }
    | { readonly by: 'segment'; readonly segment: string };
  readonly requestHeaders: readonly HeaderPair[];
  readonly requestBody: RequestBody;
}

export interface Matched extends Understood {
  readonly capability: Capability;
}

export interface Backed extends Matched {
  readonly credential: CredentialView;
}

declare const permitted: unique symbol;
declare const planned: unique symbol;
declare const approved: unique symbol;
declare const authorised: unique symbol;

export interface Permitted extends Backed {
  readonly [permitted]: true;
  /** The one host this request may go to. */
  readonly host: string;
}

export interface Planned extends Permitted {
  readonly [planned]: true;
  readonly origin: string;
  /** Path with the credential's prefix, before auth. */
  readonly upstreamPath: string;
  /** What may be shown of the request: auth parts of path and query are the word REDACTED. */
  readonly shownUrl: string;
  readonly upstreamHeaders: readonly HeaderPair[];
}

export interface Approved extends Planned {
  readonly [approved]: true;
}

/** Holds the rendered auth. Lives from inject-auth to the end of the request and is never stored or logged. */
export interface Authorised extends Approved {
  readonly [authorised]: true;
  /** Path and query as they go out. */
  readonly finalTarget: string;
  readonly finalHeaders: readonly HeaderPair[];
  readonly identity: ClientCertificate | null;
  /** Every form of the injected secret, for redaction. */
  readonly forms: Forms;
  /** The parts those forms were made of; kept for a second try, whose answer is searched for both. */
  readonly injected: readonly Uint8Array[];
  /** oauth2: stands for the access token that was used, so that a refused one can be renewed. */
  readonly tokenDigest: string | null;
  wipe(): void;
}
