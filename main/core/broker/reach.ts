import type { Capability, CatalogView, CredentialView } from './parties.ts';

/** Whether a credential may serve a capability at all: same provider, the right alternative, no other credential named. */
export function opens(credential: CredentialView, capability: Capability): boolean {
  if (credential.provider !== capability.provider) return false;
  if (capability.credential !== null) return capability.credential === credential.id;
  if (credential.opens !== null) return credential.opens.has(capability.id);
  return capability.alternative === null;
}

/**
 * The credential a pass-through segment names. A provider's name is never a credential's, even where one has it: it
 * resolves in the token's context instead, so that a workspace's token gets the workspace's key.
 */
export function segmentCredential(segment: string, catalog: CatalogView): CredentialView | undefined {
  return catalog.isProvider(segment) ? undefined : catalog.credential(segment);
}
