import type { AivaultError } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { Context } from '#contract/schemas/scope.ts';
import type { SecretMaterial } from '../vault/secret-material.ts';
import type { MaybeLater } from './at-once.ts';
import type { CatalogView, CredentialView, Grant } from './parties.ts';
import type { Approved, Planned } from './states.ts';
import type { ProxyFor } from './upstream/proxy-route.ts';

// What the broker is handed. It never imports the vault, the catalog or the log: it sees these shapes.

export type InvokeFacts = Omit<AuditEntry, 'seq' | 'tsMs' | 'kind' | 'actor' | 'outcome'>;

/** One call being written down. */
export interface OpenEntry {
  /** Resolves when the entry is durable, rejects with `audit_unavailable` where it cannot be written. */
  readonly announced: Promise<void>;
  close(outcome: 'allowed' | 'failed' | 'refused', facts: InvokeFacts): Promise<void>;
}

export interface Recorder {
  /** Nothing may be sent before the entry is announced. */
  begin(actor: string, facts: InvokeFacts): OpenEntry;
  /** A refusal before anything was sent. Unauthenticated ones are coalesced. */
  refused(actor: string, facts: InvokeFacts): Promise<void>;
}

/** The material one request needs: a value per template field. The pipeline wipes it. */
export interface Revealed {
  readonly fields: Readonly<Record<string, SecretMaterial>>;
}

/** A request that may go on, and what its entry says of why. */
export interface Allowed {
  readonly request: Planned;
  readonly note: string;
}

/** Who answers a question about one planned request. */
export interface Approvals {
  /**
   * Resolves when a person has said yes to exactly this request, or has before to all such. `whole` reads what is still
   * to come of its body and gives the request that will be sent. Throws `approval_refused` for no, silence or `signal`,
   * `rate_limited` where too many wait, and what `whole` throws.
   */
  ask(request: Planned, whole: () => Promise<Planned>, signal: AbortSignal): Promise<Allowed>;
}

export interface BrokerPorts {
  /** Throws `token_invalid`, or `vault_locked` for a well-formed token while locked. */
  verify(token: string): Grant;
  /** Counts a call of a token that may make so many, on disk before it is sent; false where it has made them all. */
  takeCall(tokenId: string, most: number): MaybeLater<boolean>;
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
  /** Without one, what a person would have to allow is refused. */
  readonly approvals?: Approvals;
  /**
   * Why an answer that is still coming may not go on: the vault was locked, the token revoked, the credential removed. A
   * connection that stays open (`session`) also ends with its token's time; an answer is finished. Null: it may go on.
   */
  ended?(request: Planned, session: boolean): AivaultError | null;
  /** The vault is in use: called while bytes of a stream or connection move, so that it does not lock under them. */
  active?(): void;
  /** Writes a bug down where only this user reads it, and gives the reference its answer carries. */
  report?(thrown: unknown): string;
  readonly now: () => number;
  /** Milliseconds that only ever grow, for how long things took. */
  readonly stopwatch: () => number;
  readonly egress: EgressSettings;
  /** The way out, looked up for each connection. */
  readonly proxyFor: ProxyFor;
}

export interface EgressSettings {
  /** host → ip:port, development vaults only. Names here are exempt from address checks. */
  readonly devResolve: ReadonlyMap<string, { readonly address: string; readonly port: number }>;
  /** PEM of an extra CA, development vaults only. */
  readonly devCa: string | null;
}
