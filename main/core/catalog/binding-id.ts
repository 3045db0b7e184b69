import { createHash } from 'node:crypto';

/** The id of the one binding a capability may have in a scope (as text) for a consumer. A hash: consumers are free text. */
export function bindingIdFor(capability: string, scope: string, consumer: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([capability, scope, consumer]))
    .digest('hex')
    .slice(0, 32);
}
