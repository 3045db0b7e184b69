import type { Notice } from '#contract/schemas/secrets.ts';
import { scopeText } from '#contract/scope-text.ts';
import { usesSecret } from '../catalog/credential-view.ts';
import { bindingTable, credentialTable, switchId, switchTable } from '../catalog/rows.ts';
import type { CatalogSnapshot } from '../catalog/view.ts';
import type { Tx } from '../vault/sealed.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { noSecret, type Services } from './services.ts';
import { provision } from './store-secret.ts';

// Deleting revokes: whatever depended on the secret goes in the same transaction.

/** Credentials that cannot exist without this secret, derived ones included. */
function dependents(catalog: CatalogSnapshot, secretId: string): string[] {
  return [...catalog.allCredentials.values()]
    .filter((credential) => usesSecret(credential, secretId))
    .map((credential) => credential.id);
}

/** What deleting takes with it: credential ids, how many bindings, how many capabilities stop being ready. */
export function previewDelete(services: Services, row: SecretRow) {
  const catalog = services.catalog();
  const credentials = dependents(catalog, row.secretId);
  const gone = new Set(credentials);
  const bindings = [...services.vault.table(bindingTable).entries()].filter(
    ([, each]) => each.secretId === row.secretId,
  );
  return { credentials, bindings: bindings.length, capabilities: orphaned(catalog, gone).length };
}

/** The capabilities that nothing backs once these credentials are gone, by id. */
export function orphaned(catalog: CatalogSnapshot, gone: ReadonlySet<string>): string[] {
  return [...catalog.allCapabilities.values()]
    .filter((capability) => {
      const backing = catalog.backing(capability);
      return backing.length > 0 && backing.every((credential) => gone.has(credential.id));
    })
    .map((capability) => capability.id)
    .sort();
}

/**
 * Deletes a secret with its credentials, bindings, switches and the tokens tied to those credentials. Repeating it is
 * fine. The notice says what a provider of several secrets is waiting for again.
 */
export async function deleteSecret(
  services: Services,
  secretId: string,
): Promise<{ row: SecretRow; notices: Notice[] }> {
  const row = await services.change(
    (tx) => {
      if (services.secrets.get(secretId) === undefined) throw noSecret();
      const gone = new Set(dependents(services.catalog(), secretId));
      for (const [id, stored] of [...tx.entries(credentialTable)]) {
        if (stored.secretId !== secretId && !gone.has(id)) continue;
        gone.add(id);
        tx.remove(credentialTable, id);
      }
      removeCredentials(services, tx, gone);
      for (const [id, bound] of [...tx.entries(bindingTable)]) {
        if (bound.secretId === secretId) tx.remove(bindingTable, id);
      }
      return services.secrets.remove(tx, secretId);
    },
    'secrets.changed',
    'credentials.changed',
    'capabilities.changed',
    'tokens.changed',
  );
  return { row, notices: stillWaiting(services, row) };
}

/** Takes away what hangs on credentials that end: their switches and the tokens tied to them. */
export function removeCredentials(services: Services, tx: Tx, gone: ReadonlySet<string>): void {
  for (const id of gone) {
    if (tx.get(switchTable, switchId.credential(id)) !== undefined) tx.remove(switchTable, switchId.credential(id));
  }
  services.tokens.revokeWhere(tx, (token) => token.credential !== null && gone.has(token.credential));
}

function stillWaiting(services: Services, row: SecretRow): Notice[] {
  const claim = services.registry.bySecretName(row.name);
  const others = (claim?.alternative ?? claim?.provider)?.secrets.filter((each) => each.name !== row.name) ?? [];
  const left = others.some(
    (each) => services.secrets.findByName(each.name, row.scope)?.pinnedProvider === row.pinnedProvider,
  );
  if (!left || row.pinnedProvider === null) return [];
  const notices = provision(services, row, 'created').filter((notice) => notice.kind === 'waiting');
  return notices.map((notice) => ({
    ...notice,
    text: `${notice.text}${row.scope === 'global' ? '' : ` (${scopeText(row.scope)})`}`,
  }));
}
