import { AivaultError } from '#contract/errors.ts';
import { depth, visibleIn } from '../../policy/context.ts';
import { commonHost } from '../../policy/host-match.ts';
import { opens } from '../../policy/opens.ts';
import type { Capability, CatalogView, CredentialView, Grant } from '../parties.ts';
import { segmentCredential } from '../segment-credential.ts';
import type { Backed, Matched } from '../states.ts';

/** All that the choice depends on. */
type Choosing = Pick<Matched, 'requested' | 'grant' | 'capability'>;

/**
 * Stage 4: which credential backs the request, without touching its secret. A named one is taken or refused, never
 * replaced; else a binding; else the nearest of the token's context: group, workspace, global, then priority. Throws
 * `credential_not_found`, `credential_ambiguous`, `policy_violation`.
 */
export function chooseCredential(from: Matched, catalog: CatalogView): Backed {
  return { ...from, credential: credentialFor(from, catalog) };
}

/** The same choice where there is no request yet. Throws as `chooseCredential` throws. */
export function credentialFor(from: Choosing, catalog: CatalogView): CredentialView {
  const { capability, grant } = from;
  const name = namedCredential(from, catalog);
  return name === null ? nearest(capability, grant, catalog) : fitting(catalog.credential(name), capability, grant);
}

/** The one credential that request, token and capability may name between them. They have to agree. */
function namedCredential({ requested, grant, capability }: Choosing, catalog: CatalogView): string | null {
  const asked =
    requested.by === 'capability' ? requested.credential : (segmentCredential(requested.segment, catalog)?.id ?? null);
  if (asked !== null && grant.credential !== null && asked !== grant.credential) {
    throw new AivaultError('policy_violation', 'The token is for another credential.');
  }
  const name = asked ?? grant.credential;
  if (name !== null && capability.credential !== null && name !== capability.credential) {
    throw new AivaultError('policy_violation', 'The capability is tied to another credential.');
  }
  return name ?? capability.credential;
}

function fitting(credential: CredentialView | undefined, capability: Capability, grant: Grant): CredentialView {
  if (credential === undefined || !visibleIn(credential.context, grant.context)) throw notFound();
  if (!opens(credential, capability)) {
    throw new AivaultError('policy_violation', 'The credential does not open this capability.');
  }
  return credential;
}

function nearest(capability: Capability, grant: Grant, catalog: CatalogView): CredentialView {
  const bound = catalog.bound(capability.id, grant.context, grant.consumer);
  // Looked at itself, not looked up: some credentials are reached through their binding alone.
  if (bound !== null) return fitting(bound, capability, grant);
  let best: CredentialView[] = [];
  for (const credential of catalog.credentialsOf(capability.provider)) {
    if (!visibleIn(credential.context, grant.context) || !opens(credential, capability)) continue;
    if (commonHost(capability.hosts, credential.hosts) === null) continue;
    const against = best[0];
    const order =
      against === undefined
        ? 1
        : depth(credential.context) - depth(against.context) || credential.priority - against.priority;
    if (order > 0) best = [credential];
    else if (order === 0) best.push(credential);
  }
  const [only] = best;
  if (only === undefined) throw notFound();
  if (best.length > 1) {
    throw new AivaultError('credential_ambiguous', 'Several credentials fit equally well.', {
      hint: `Name one: ${best.map(({ id }) => id).join(', ')}`,
    });
  }
  return only;
}

function notFound(): AivaultError {
  return new AivaultError('credential_not_found', 'No credential backs this capability here.', {
    hint: 'See `aivault capability describe` for the secrets it needs, and `aivault credential list`.',
  });
}
