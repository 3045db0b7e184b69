import { isExcluded } from './exclusion.ts';
import type { Finding, Group } from './lint-finding.ts';
import { meet } from './path-overlap.ts';
import type { ProviderCapability } from './schema.ts';

/**
 * Two capabilities that admit the same request (G17, R13). The wider one must take the path out, so that a token for it
 * cannot do what belongs to the other. Only the very same pattern at the same effect may stand in two.
 */
export function lintOverlaps(group: Group): Finding[] {
  const found: Finding[] = [];
  for (const [index, first] of group.capabilities.entries()) {
    for (const second of group.capabilities.slice(index + 1)) {
      if ((first.host ?? group.hosts[0]) !== (second.host ?? group.hosts[0])) continue;
      const shared = sharedRequest(first, second);
      if (shared === null) continue;
      const text = `${shared} belongs to ${second.id} (${second.effect}) too: one of them must exclude it`;
      found.push({ provider: group.provider, capability: first.id, rule: 'overlap', text });
    }
  }
  return found;
}

function sharedRequest(first: ProviderCapability, second: ProviderCapability): string | null {
  const methods = first.methods.filter((method) => second.methods.includes(method));
  for (const a of methods.length === 0 ? [] : first.paths) {
    for (const b of second.paths) {
      if (a === b && first.effect === second.effect) continue;
      const both = meet(a, b);
      if (both === null) continue;
      const method = methods.find(
        (each) => !isExcluded(first.exclude, each, both) && !isExcluded(second.exclude, each, both),
      );
      if (method !== undefined) return `${method} ${both}`;
    }
  }
  return null;
}
