import { isDeepStrictEqual } from 'node:util';
import { AivaultError } from '#contract/errors.ts';
import { grantOf, operatorGrant } from './access/grants.ts';
import type { Subject } from './approvals/standing.ts';
import { parseToWriteBack } from './broker/auth/fields.ts';
import type { CredentialView } from './broker/parties.ts';
import type { Approvals, BrokerPorts, EgressSettings } from './broker/ports.ts';
import type { ProxyFor } from './broker/upstream/proxy-route.ts';
import type { Services } from './operations/services.ts';
import type { SecretMaterial } from './vault/secret-material.ts';

export interface BrokerPortsDeps {
  readonly services: Services;
  readonly approvals: Approvals;
  readonly egress: EgressSettings | null;
  readonly proxyFor: ProxyFor;
  /** Milliseconds that only ever grow, for how long things took. */
  readonly stopwatch: () => number;
  /** Somebody known asks, or bytes of their request move. What strangers send keeps no vault open (threats B6). */
  readonly active: () => void;
  /** Writes a bug down and gives its reference. */
  readonly report: (thrown: unknown) => string;
}

export const noHooks: EgressSettings = { devResolve: new Map(), devCa: null };

/** Everything the broker is handed: who asks, what there is, one way to plaintext, one place to write things down. */
export function brokerPorts(deps: BrokerPortsDeps): BrokerPorts {
  const { services, approvals, egress, proxyFor, stopwatch, active, report } = deps;
  const { vault, secrets, usage, tokens } = services;
  const fieldsOf = (credential: CredentialView): Record<string, SecretMaterial> => {
    const fields: Record<string, SecretMaterial> = {};
    try {
      for (const [field, id] of Object.entries(credential.secretIds)) fields[field] = secrets.reveal(id);
    } catch (error) {
      for (const material of Object.values(fields)) material.wipe();
      throw error;
    }
    return fields;
  };

  return {
    verify(token) {
      const grant = grantOf(tokens.verify(token, 'proxy'));
      active();
      return grant;
    },
    operatorGrant(...who) {
      active();
      return operatorGrant(...who);
    },
    takeCall: (tokenId, most) => usage.take('tokens', tokenId, most),
    active,
    catalog: () => services.catalog(),
    reveal(approved) {
      // Hooks bend where requests go: a vault that was not made for that gives nothing out under them.
      if (egress !== null && !vault.brief().development) {
        throw new AivaultError(
          'policy_violation',
          'Development hooks are set on a vault that was not created with them.',
        );
      }
      return { fields: fieldsOf(stillThere(services, approved.capability.id, approved.credential)) };
    },
    async replaceTokens(credential, change, valueVersion) {
      const ids = [...new Set(Object.values(credential.secretIds))];
      const [id] = ids;
      if (id === undefined || ids.length !== 1)
        throw new AivaultError('auth_failed', 'Refreshed tokens have one JSON secret.');
      await services.change((tx) => {
        const material = secrets.reveal(id);
        const before = material.use(parseToWriteBack);
        material.wipe();
        // The operator gave another value meanwhile: tokens of the old one have no business in it.
        if (material.valueVersion !== valueVersion) return;
        if (before === null) throw new AivaultError('auth_failed', 'The stored secret is no longer a JSON object.');
        const value = new TextEncoder().encode(JSON.stringify({ ...before, ...change }));
        secrets.replaceValue(tx, id, value);
        value.fill(0);
      });
    },
    record: services.audit.recorder,
    used(credential, tokenId) {
      for (const id of Object.values(credential.secretIds)) usage.touch('secrets', id);
      if (tokenId !== null) usage.touch('tokens', tokenId);
    },
    approvals,
    ended: (request, session) => endedBecause(services, request, session),
    now: services.now,
    stopwatch,
    report,
    egress: egress ?? noHooks,
    proxyFor,
  };
}

/** Why a request about this may not go, or not go on: locked, revoked, removed. With `session`, its token's time counts too. */
function endedBecause(services: Services, about: Subject, session: boolean): AivaultError | null {
  if (!services.vault.brief().open) return new AivaultError('vault_locked', 'The vault was locked meanwhile.');
  const { tokenId } = about.grant;
  const row = tokenId === null ? null : services.tokens.get(tokenId);
  const over = session && row != null && row.expiresAtMs <= services.now();
  if (row === undefined || (row !== null && row.revokedAtMs !== null) || over) {
    return new AivaultError('token_invalid', 'The token was revoked or has expired meanwhile.');
  }
  try {
    stillThere(services, about.capability.id, about.credential);
    return null;
  } catch (error) {
    return error instanceof AivaultError ? error : new AivaultError('credential_not_found', 'It is gone.');
  }
}

/**
 * Why what a person is asked about, or has said yes to, is no longer so: it has ended, or its capability, policy or
 * credential is another one by now. A yes is about what was there when it was said.
 */
export function changedBecause(services: Services, about: Subject): AivaultError | null {
  const ended = endedBecause(services, about, true);
  if (ended !== null) return ended;
  const catalog = services.catalog();
  const capability = catalog.capability(about.capability.id);
  const credential = stillThere(services, about.capability.id, about.credential);
  // The context of a bound credential is its binding's.
  const sameCredential = isDeepStrictEqual({ ...credential, context: null }, { ...about.credential, context: null });
  if (sameCredential && isDeepStrictEqual(capability, about.capability)) return null;
  return new AivaultError('approval_refused', 'The capability, its policy or its credential was changed meanwhile.', {
    hint: 'Ask again; nothing was sent.',
  });
}

/**
 * The credential as it is now. What was deleted or disabled since the request chose it gives nothing out, however long
 * the request waited for a person.
 */
function stillThere(services: Services, capability: string, chosen: CredentialView): CredentialView {
  const catalog = services.catalog();
  const known = catalog.capability(capability);
  const now = known === undefined ? undefined : catalog.backing(known).find((each) => each.id === chosen.id);
  if (now !== undefined) return now;
  throw new AivaultError('credential_not_found', 'This credential or capability was removed or disabled meanwhile.');
}
