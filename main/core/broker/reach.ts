import type { Context } from '#contract/schemas/scope.ts';
import type { Capability, CatalogView, CredentialView } from './parties.ts';

/** Whether a credential may serve a capability at all: same provider, the right alternative, no other credential named. */
export function opens(credential: CredentialView, capability: Capability): boolean {
  if (credential.provider !== capability.provider) return false;
  if (capability.credential !== null) return capability.credential === credential.id;
  if (credential.opens !== null) return credential.opens.has(capability.id);
  return capability.alternative === null;
}

/** How specific a credential's own context is: 2 group, 1 workspace, 0 global. */
export function depth(credential: CredentialView): 0 | 1 | 2 {
  if (credential.context.groupId !== undefined) return 2;
  return credential.context.workspaceId !== undefined ? 1 : 0;
}

/** Whether a credential is in sight from a context: global always, the rest by exact ids (conformance C01–C05). */
export function visible(credential: CredentialView, context: Context): boolean {
  const { workspaceId, groupId } = credential.context;
  if (workspaceId === undefined) return true;
  if (workspaceId !== context.workspaceId) return false;
  return groupId === undefined || groupId === context.groupId;
}

/**
 * The credential a pass-through segment names. A provider's name is never a credential's, even where one has it: it
 * resolves in the token's context instead, so that a workspace's token gets the workspace's key.
 */
export function segmentCredential(segment: string, catalog: CatalogView): CredentialView | undefined {
  return catalog.isProvider(segment) ? undefined : catalog.credential(segment);
}
