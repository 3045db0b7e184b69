import { actorText } from '#contract/call.ts';
import { invalidToken } from '#contract/invalid-token.ts';
import type { Approvals } from '../approvals/approvals.ts';
import type { AuditChain } from '../audit-chain.ts';
import type { Connections } from '../broker/oauth/connect.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { CursorSeal } from '../paths/path-cursor.ts';
import type { PathSecrets } from '../paths/path-secrets.ts';
import type { AuditStore } from '../store/store.ts';
import { approvalHandlers } from './approvals.ts';
import { auditHandlers } from './audit.ts';
import { type BackupDeps, backupHandlers } from './backup.ts';
import { capabilityHandlers } from './capabilities.ts';
import { credentialHandlers } from './credentials.ts';
import { type HostHandlersDeps, hostHandlers } from './host.ts';
import { type Connected, oauthHandlers } from './oauth.ts';
import { pathHandlers } from './paths.ts';
import { policyHandlers } from './policies.ts';
import { registryHandlers } from './registry.ts';
import { secretHandlers } from './secrets.ts';
import type { Services } from './services.ts';
import { tokenHandlers } from './tokens.ts';
import { type TryDeps, tryCapability } from './try-capability.ts';
import { statusOf, type VaultHandlersDeps, vaultHandlers } from './vault.ts';

export interface AllDeps {
  readonly services: Services;
  readonly approvals: Approvals;
  readonly connections: Connections<Connected>;
  readonly vault: VaultHandlersDeps;
  readonly host: Omit<HostHandlersDeps, 'status'>;
  readonly trial: TryDeps;
  readonly backup: Pick<BackupDeps, 'defaultChoice' | 'developmentHooksSet'>;
  readonly paths: PathSecrets;
  readonly cursors: CursorSeal;
  readonly auditStore: AuditStore;
  readonly chain: AuditChain;
}

/** A handler for every row of the table: a missing one does not compile. */
export function allHandlers(deps: AllDeps): CoreHandlers {
  const { services } = deps;
  const status = () => statusOf(services, deps.vault);
  return {
    ...vaultHandlers(services, deps.vault),
    ...secretHandlers(services),
    ...credentialHandlers(services),
    ...capabilityHandlers(services, () => deps.vault.hostFacts().endpoint?.baseUrl ?? null),
    'capabilities.try': (input, call) => tryCapability(deps.trial, input, call),
    ...oauthHandlers(services, deps.connections),
    ...policyHandlers(services),
    ...tokenHandlers(services),
    ...approvalHandlers(deps.approvals),
    ...auditHandlers(services, deps.auditStore, deps.chain),
    ...hostHandlers(services, { ...deps.host, status }),
    ...backupHandlers(services, {
      ...deps.backup,
      auditStore: deps.auditStore,
      status,
      marks: deps.chain.marks,
    }),
    ...registryHandlers(services),
    ...pathHandlers({
      paths: deps.paths,
      cursors: deps.cursors,
      personal: (tokenId) => personalGrant(services, tokenId),
      audit: (asker, kind, outcome, facts) =>
        services.audit.write({ ...facts, kind, actor: actorText(asker.actor), outcome }),
      begin: (asker, kind, facts) => services.audit.change(kind, actorText(asker.actor), facts),
      auditReader: services.audit.list,
      announce: services.announce,
    }),
  };
}

function personalGrant(services: Services, tokenId: string) {
  const row = services.tokens.get(tokenId);
  if (row === undefined || row.kind !== 'personal' || row.revokedAtMs !== null || row.expiresAtMs <= services.now()) {
    throw invalidToken('personal');
  }
  const { name, scopes, paths, expiresAtMs } = row;
  return { tokenId, name: name ?? tokenId, scopes: new Set(scopes), paths, expiresAtMs };
}
