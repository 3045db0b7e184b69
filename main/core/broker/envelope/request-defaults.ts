import { AivaultError } from '#contract/errors.ts';
import { defaultPath } from '../../policy/path-match.ts';
import type { Capability, CatalogView } from '../parties.ts';

/** The capability an envelope names. Unknown or disabled: `capability_not_found`, with the nearest known ids. */
export function requireCapability(catalog: CatalogView, id: string): Capability {
  const capability = catalog.capability(id);
  if (capability !== undefined) return capability;
  const near = catalog.suggest(id);
  throw new AivaultError('capability_not_found', 'There is no enabled capability of that name.', {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See `aivault capability list`.',
  });
}

/** The method meant where none is given: the only one allowed, else POST with a body where POST is allowed, else GET. */
export function defaultMethod(capability: Capability, hasBody: boolean): string {
  const only = capability.methods[0];
  if (capability.methods.length === 1 && only !== undefined) return only;
  return hasBody && capability.methods.includes('POST') ? 'POST' : 'GET';
}

/** The path meant where none is given: the only pattern without parameters, else `invalid_request` with the choices. */
export function requirePath(capability: Capability): string {
  const path = defaultPath(capability.paths);
  if (path !== null) return path;
  throw new AivaultError('invalid_request', 'This capability has no single path; name one.', {
    hint: `Choices: ${capability.paths.join(', ')}`,
  });
}
