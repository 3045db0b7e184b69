import { AivaultError } from '#contract/errors.ts';
import type { Credential } from '#contract/schemas/catalog.ts';
import { checkAuth } from '../broker/auth/check-auth.ts';
import { checkHeaderLists } from '../broker/headers/extra-headers.ts';
import { credentialSummary } from '../catalog/credential-view.ts';
import { planCredential } from '../catalog/credentials.ts';
import { credentialTable, switchId, switchTable } from '../catalog/rows.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { contextOf } from '../policy/context.ts';
import { orphaned, removeCredentials } from './secret-cascade.ts';
import { valueBytes } from './secret-value.ts';
import { liveSecret, type Services } from './services.ts';

type CredentialRows = 'credentials.list' | 'credentials.create' | 'credentials.delete' | 'credentials.setEnabled';

export function credentialHandlers(services: Services): Pick<CoreHandlers, CredentialRows> {
  const summary = (id: string): Credential => {
    const found = services.catalog().allCredentials.get(id);
    if (found === undefined) throw noCredential(id);
    return credentialSummary(found);
  };

  return {
    'credentials.list': async () => ({
      credentials: [...services.catalog().allCredentials.values()]
        .map(credentialSummary)
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    }),

    'credentials.create': async (input, call) => {
      const { id, provider, secretRef, auth, hosts, upstreamPathPrefix, allowLocal, valueAgain } = input;
      const { requestHeaders, responseHeaders, refuseUnscannable } = input;
      checkHeaderLists(requestHeaders, responseHeaders);
      call.note({ credential: id, secretId: secretRef });
      const wish = {
        id,
        provider,
        context: contextOf(input),
        auth,
        hosts,
        upstreamPathPrefix,
        allowLocal,
        requestHeaders,
        responseHeaders,
        refuseUnscannable,
      };
      const plan = () => {
        if (services.catalog().allCredentials.has(id)) throw taken(id);
        const secret = liveSecret(services.secrets, secretRef);
        const planned = planCredential(wish, secret, services.registry, services.now());
        if (planned.row.auth !== null) checkAuth(planned.row.auth, planned.row.hosts);
        return { ...planned, secret };
      };
      const widens = ({ secret, reach }: ReturnType<typeof plan>) =>
        widensHosts(services, secret.secretId, secret.pinnedProvider, secret.hosts, reach, valueAgain);
      if (widens(plan()) || allowLocal) await call.prove();
      await services.change(
        (tx) => {
          const planned = plan();
          // Looked at again where nothing can come between: two first credentials at once must not both be first.
          widens(planned);
          if (services.registry.byName(provider) !== undefined) services.reach.remember(tx, provider);
          if (planned.secret.pinnedProvider === null) {
            services.secrets.setHosts(tx, secretRef, [...new Set([...planned.secret.hosts, ...planned.reach])].sort());
          }
          tx.put(credentialTable, id, planned.row);
        },
        'credentials.changed',
        'capabilities.changed',
        'secrets.changed',
      );
      return summary(id);
    },

    'credentials.delete': async ({ id }, call) => {
      call.note({ credential: id });
      const { removed, capabilities } = await services.change(
        (tx) => {
          const catalog = services.catalog();
          const found = catalog.allCredentials.get(id);
          const stored = tx.get(credentialTable, id) !== undefined;
          if (found === undefined && !stored) return { removed: false, capabilities: [] };
          const lost = orphaned(catalog, new Set([id]));
          removeCredentials(services, tx, new Set([id]));
          if (stored) tx.remove(credentialTable, id);
          // The registry would give it again at once: switching it off is what makes deleting mean something.
          else tx.put(switchTable, switchId.credential(id), { enabled: false });
          return { removed: true, capabilities: lost };
        },
        'credentials.changed',
        'capabilities.changed',
        'tokens.changed',
      );
      return { id, removed, capabilities };
    },

    'credentials.setEnabled': async ({ id, enabled }, call) => {
      call.note({ credential: id, note: enabled ? 'enabled' : 'disabled' });
      await services.change(
        (tx) => {
          if (!services.catalog().allCredentials.has(id)) throw noCredential(id);
          const off = tx.get(switchTable, switchId.credential(id)) !== undefined;
          if (enabled && off) tx.remove(switchTable, switchId.credential(id));
          if (!enabled && !off) tx.put(switchTable, switchId.credential(id), { enabled: false });
        },
        'credentials.changed',
        'capabilities.changed',
      );
      return summary(id);
    },
  };
}

/**
 * An unpinned secret goes where its first credential said. Sending it anywhere else needs its value typed again: proof
 * that whoever widens it could have sent it there anyway.
 */
function widensHosts(
  services: Services,
  secretId: string,
  pinnedProvider: string | null,
  fixed: readonly string[],
  reach: readonly string[],
  valueAgain: string | undefined,
): boolean {
  if (pinnedProvider !== null || fixed.length === 0 || reach.every((host) => fixed.includes(host))) return false;
  if (valueAgain === undefined) {
    throw new AivaultError('presence_required', 'This secret is fixed to the hosts of its first credential.', {
      reason: 'value_again',
      hint: 'To send it to another host as well, give its value again.',
    });
  }
  const bytes = valueBytes(valueAgain);
  try {
    if (!services.secrets.valueEquals(secretId, bytes)) {
      throw new AivaultError('presence_required', 'The value given is not the value of this secret.', {
        reason: 'value_again',
      });
    }
  } finally {
    bytes.fill(0);
  }
  return true;
}

function noCredential(id: string): AivaultError {
  return new AivaultError('credential_not_found', `There is no credential ${id}.`, {
    hint: 'See `aivault credential list`.',
  });
}

function taken(id: string): AivaultError {
  return new AivaultError('already_exists', `There is a credential ${id} already.`);
}
