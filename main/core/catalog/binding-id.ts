import { createHash } from 'node:crypto';
import type { Scope } from '#contract/schemas/scope.ts';
import { scopeText } from '#contract/scope-text.ts';

/** The id of the one binding a capability may have in a scope for a consumer. A hash: consumers are free text. */
export function bindingId(capability: string, scope: Scope, consumer: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([capability, scopeText(scope), consumer]))
    .digest('hex')
    .slice(0, 32);
}
