import type { Auth } from '#contract/schemas/auth.ts';
import type { Effect, Policy } from '#contract/schemas/catalog.ts';
import type { Context } from '#contract/schemas/scope.ts';

// Who and what a request is about, as the broker sees them: no vault, no secret.

/** What a token (or the operator's own CLI) may do. Scope can only narrow from here. */
export interface Grant {
  /** `agent:tok_…` or `operator:cli`: what the audit shows. */
  readonly actor: string;
  readonly tokenId: string | null;
  /** Null: every enabled capability (operator's CLI and window only). */
  readonly capabilities: ReadonlySet<string> | null;
  readonly credential: string | null;
  readonly context: Context;
  readonly consumer: string | null;
  /** How many calls the token may make in all; null: nobody counts. */
  readonly maxCalls: number | null;
}

/** A capability as policy sees it, registry or custom. */
export interface Capability {
  readonly id: string;
  readonly provider: string;
  readonly origin: 'registry' | 'custom';
  /** Lower-case exact hosts or `{tenant}.host` patterns; the credential's host must match one. */
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly effect: Effect;
  /** A custom capability tied to one credential. */
  readonly credential: string | null;
  /** A capability that only this alternative of the provider opens. */
  readonly alternative: string | null;
  readonly policy: Policy;
}

/** A credential that could back a request: everything but the secret. */
export interface CredentialView {
  readonly id: string;
  readonly provider: string;
  readonly context: Context;
  readonly auth: Auth;
  /** Exact `host` or `host:port` (port only with allowLocal or a development hook). */
  readonly hosts: readonly string[];
  readonly secretIds: Readonly<Record<string, string>>;
  /** Fields injected but not redacted. */
  readonly identifiers: ReadonlySet<string>;
  readonly alternative: string | null;
  /** The capabilities it opens; null: every one of its provider's own (those without an alternative). */
  readonly opens: ReadonlySet<string> | null;
  readonly priority: number;
  readonly upstreamPathPrefix: string | null;
  readonly allowLocal: boolean;
  /** Header names beyond the base lists, from the registry. `x-foo-*` patterns. */
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  /** `response_refused` for answers that cannot be scanned. */
  readonly refuseUnscannable: boolean;
}

export interface CatalogView {
  /** Enabled capabilities only. */
  capability(id: string): Capability | undefined;
  /** Nearest known ids, for "did you mean". */
  suggest(id: string): readonly string[];
  /** Enabled capabilities of a provider, for pass-through. */
  capabilitiesOf(provider: string): readonly Capability[];
  isProvider(name: string): boolean;
  credential(id: string): CredentialView | undefined;
  /** All enabled, complete credentials of a provider. */
  credentialsOf(provider: string): readonly CredentialView[];
  /** The credential a binding makes this capability use in this context, most specific first; else null. */
  bound(capability: string, context: Context, consumer: string | null): CredentialView | null;
}
