import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { Auth } from '#contract/schemas/auth.ts';
import type { Effect, Policy } from '#contract/schemas/catalog.ts';
import type { Context } from '#contract/schemas/scope.ts';
import type { SecretMaterial } from '../vault/secret-material.ts';
import type { Approved, Planned } from './states.ts';

// What the broker is handed. It never imports the vault, the catalog or the log: it sees these shapes.

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

export type InvokeFacts = Omit<AuditEntry, 'seq' | 'tsMs' | 'kind' | 'actor' | 'outcome'>;

/** One call being written down. */
export interface OpenEntry {
  close(outcome: 'allowed' | 'failed' | 'refused', facts: InvokeFacts): Promise<void>;
}

export interface Recorder {
  /** Durable before it resolves; throws `audit_unavailable` where it cannot be written. */
  begin(actor: string, facts: InvokeFacts): Promise<OpenEntry>;
  /** A refusal before anything was sent. Unauthenticated ones are coalesced. */
  refused(actor: string, facts: InvokeFacts): Promise<void>;
}

/** The material one request needs: a value per template field. The pipeline wipes it. */
export interface Revealed {
  readonly fields: Readonly<Record<string, SecretMaterial>>;
}

/** Who answers a question about one planned request. Absent where nothing ever needs asking. */
export interface Approvals {
  /** False where the grant allows the request at once. */
  needed(request: Planned): boolean;
  /** Resolves when a person said yes to exactly this request; throws `approval_refused` for no, silence or `signal`. */
  ask(request: Planned, signal: AbortSignal): Promise<void>;
}

export interface BrokerPorts {
  /** Throws `token_invalid`, or `vault_locked` for a well-formed token while locked. */
  verify(token: string): Grant;
  operatorGrant(via: string, context: Context, consumer: string | null): Grant;
  readonly catalog: () => CatalogView;
  /** The broker's only way to plaintext. Throws `credential_not_found` if the secret is gone meanwhile. */
  reveal(approved: Approved): Revealed;
  /**
   * Writes refreshed OAuth tokens back in one transaction; unknown fields of the stored JSON are kept. A secret that was
   * rotated since `valueVersion` was read keeps its new value.
   */
  replaceTokens(
    credential: CredentialView,
    change: Readonly<Record<string, unknown>>,
    valueVersion: number,
  ): Promise<void>;
  readonly record: Recorder;
  /** Marks a credential's secrets as used, at most once a second on disk. */
  used(credential: CredentialView, tokenId: string | null): void;
  readonly approvals?: Approvals;
  /** Writes a bug down where only this user reads it, and gives the reference its answer carries. */
  report?(thrown: unknown): string;
  readonly now: () => number;
  readonly randomId: () => string;
  /** Milliseconds that only ever grow, for how long things took. */
  readonly stopwatch: () => number;
  readonly egress: EgressSettings;
}

export interface EgressSettings {
  /** host → ip:port, development vaults only. Names here are exempt from address checks. */
  readonly devResolve: ReadonlyMap<string, { readonly address: string; readonly port: number }>;
  /** PEM of an extra CA, development vaults only. */
  readonly devCa: string | null;
}
