import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import type { EventName } from '#contract/events.ts';
import type { Tokens } from '../access/tokens.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Reach } from '../catalog/reach.ts';
import type { CatalogSnapshot } from '../catalog/view.ts';
import type { Registry } from '../providers/catalog.ts';
import type { Vault } from '../vault/ports.ts';
import type { Tx } from '../vault/sealed.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { intact, type Secrets } from '../vault/secrets.ts';
import type { Usage } from '../vault/usage.ts';

/** What the handlers of all nouns share. core-services.ts makes one. */
export interface Services {
  readonly vault: Vault;
  readonly secrets: Secrets;
  readonly usage: Usage;
  readonly tokens: Tokens;
  readonly audit: AuditLog;
  /** The registry as far as the operator has accepted it; may change when the vault opens. */
  readonly registry: Registry;
  readonly reach: Reach;
  readonly now: () => number;
  /** The catalog as it is now; rebuilt after every change. */
  catalog(): CatalogSnapshot;
  /** One transaction, then the catalog is stale and the events are announced. */
  change<R>(body: (tx: Tx) => R, ...events: EventName[]): Promise<R>;
  /** Makes the catalog stale after rows changed outside `change`. */
  changed(): void;
  announce(event: EventName): void;
}

/** A live secret, inside or outside a transaction. Throws `not_found`. */
export function liveSecret(secrets: Pick<Secrets, 'get'>, secretId: string): SecretRow {
  const row = secrets.get(secretId);
  if (row === undefined || row.revokedAtMs !== null) throw noSecret();
  return row;
}

export function noSecret(): AivaultError {
  return new AivaultError('not_found', 'There is no secret with this id.', { hint: 'See `aivault secrets list`.' });
}

/** A secret as a list may show it: undefined where it is not there or does not open. A damaged row spoils no other. */
export function intactSecret(secrets: Pick<Secrets, 'get'>, secretId: string): SecretRow | undefined {
  return intact(() => secrets.get(secretId));
}

/** The host has a working folder of its own: a file is named from the root. `field` is the input's name for it. */
export function requireAbsolute(file: string, field = 'path'): void {
  if (path.isAbsolute(file)) return;
  throw new AivaultError(
    'invalid_request',
    `${field}: must be absolute, because the host has a working folder of its own.`,
  );
}
