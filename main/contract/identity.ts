/**
 * Who an actor is in the words of /v1, as `whoami` answers them: the agent with a token is `user:tok_…`, whoever works as
 * operator `user:operator`.
 */
export function identityOf(actor: string): string {
  return actor.startsWith('agent:') ? `user:${actor.slice('agent:'.length)}` : 'user:operator';
}
