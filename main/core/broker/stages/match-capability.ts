import { AivaultError } from '#contract/errors.ts';
import { claims, narrowerClaim } from '../../policy/decide.ts';
import { opens } from '../../policy/opens.ts';
import { compareNarrowness } from '../../policy/path-match.ts';
import { requireCapability } from '../envelope/request-defaults.ts';
import type { Capability, CatalogView, Grant } from '../parties.ts';
import { segmentCredential } from '../segment-credential.ts';
import type { Matched, Understood } from '../states.ts';

/**
 * Stage 3: which capability this request is. The narrowest one that admits it decides, whether it was named or not, and
 * it has to be granted: a wider granted one never stands in for it. Throws `capability_not_found`, `policy_violation`.
 */
export function matchCapability(from: Understood, catalog: CatalogView): Matched {
  const { requested } = from;
  const capability =
    requested.by === 'capability'
      ? named(requireCapability(catalog, requested.capability), from, catalog)
      : claimed(requested.segment, from, catalog);
  return { ...from, capability };
}

function named(capability: Capability, { grant, method, path }: Understood, catalog: CatalogView): Capability {
  requireGrant(grant, capability);
  return deciding(capability, catalog.capabilitiesOf(capability.provider), method, path);
}

/** The capability itself, where no narrower one admits the path or something an upstream could take for it. */
function deciding(capability: Capability, own: readonly Capability[], method: string, path: string): Capability {
  const narrower = narrowerClaim(capability, own, method, path);
  if (narrower === null) return capability;
  throw new AivaultError('policy_violation', 'Another capability decides about this path.', {
    hint: `Ask for ${narrower.id}.`,
  });
}

function claimed(segment: string, { grant, method, path }: Understood, catalog: CatalogView): Capability {
  const credential = segmentCredential(segment, catalog);
  const provider = credential?.provider ?? segment;
  if (credential === undefined && !catalog.isProvider(segment)) {
    throw new AivaultError('credential_not_found', 'The address names no credential and no provider.', {
      hint: 'The form is /v/<credential or provider>/<path>.',
    });
  }
  const own = catalog.capabilitiesOf(provider);
  const reachable = credential === undefined ? own : own.filter((capability) => opens(credential, capability));
  const found = claims(reachable, method, path);
  const first = found[0];
  if (first === undefined)
    throw nothingAdmits(own, credential !== undefined && reachable.length < own.length, method, path);
  // Of equally narrow ones a granted one may serve; a wider one may not.
  const granted = found.find(
    ({ pattern, rule }) => compareNarrowness(pattern, first.pattern) === 0 && isGranted(grant, rule),
  );
  if (granted === undefined) requireGrant(grant, first.rule);
  return deciding(granted?.rule ?? first.rule, reachable, method, path);
}

/** A path nobody opens is not found; one that is open to another method or credential is refused. */
function nothingAdmits(rules: readonly Capability[], narrowed: boolean, method: string, path: string): AivaultError {
  if (narrowed && claims(rules, method, path).length > 0) {
    return new AivaultError('policy_violation', 'This credential does not open the capability that covers the path.');
  }
  const methods = new Set(
    rules.flatMap((rule) => rule.methods).filter((other) => claims(rules, other, path).length > 0),
  );
  if (methods.size > 0) {
    return new AivaultError('policy_violation', 'The method is not allowed on this path.', {
      hint: `Allowed: ${[...methods].join(', ')}`,
    });
  }
  return new AivaultError('capability_not_found', 'No enabled capability of this provider covers the path.');
}

function isGranted(grant: Grant, capability: Capability): boolean {
  return grant.capabilities === null || grant.capabilities.has(capability.id);
}

function requireGrant(grant: Grant, capability: Capability): void {
  if (isGranted(grant, capability)) return;
  throw new AivaultError(
    'policy_violation',
    'The token does not grant the capability that decides about this request.',
    {
      hint: `It would need ${capability.id}.`,
    },
  );
}
