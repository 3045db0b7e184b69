import type { CatalogView, CredentialView } from './parties.ts';

/**
 * The credential a pass-through segment names. A provider's name is never a credential's, even where one has it: it
 * resolves in the token's context instead, so that a workspace's token gets the workspace's key.
 */
export function segmentCredential(segment: string, catalog: CatalogView): CredentialView | undefined {
  return catalog.isProvider(segment) ? undefined : catalog.credential(segment);
}
