import type { Input, Output } from '#contract/call.ts';
import type { OperationName } from '#contract/operations.ts';

// Puts the things of an ordinary working day into a vault, by asking the same operations anybody would.

export type Ask = <N extends OperationName>(name: N, input: Input<N>) => Promise<Output<N>>;

/** Values that must never be seen anywhere again. */
export const canaries = {
  openai: 'sk-proj-canary0000000000000000000000000000000000000000AAAA',
  github: 'ghp_canary00000000000000000000000000BBBB',
  stripe: 'sk_test_canary0000000000000000CCCC',
  custom: 'internal-canary-value-0000DDDD',
} as const;

const longName = `A_NAME_OF_ONE_HUNDRED_AND_TWENTY_CHARACTERS_${'X'.repeat(76)}`;

/** Stores a handful of secrets in every state a list can show, two tokens, a limit, and a refusal. */
export async function furnish(ask: Ask): Promise<void> {
  await ask('secrets.create', { name: 'OPENAI_API_KEY', value: canaries.openai, aliases: ['gpt-key'] });
  await ask('secrets.create', { name: 'ANTHROPIC_API_KEY', value: 'sk-ant-api03-canary000000000000000000000000EEEE' });
  await ask('secrets.create', {
    name: 'GITHUB_TOKEN',
    value: canaries.github,
    scope: { workspace: { workspace_id: 'web-shop' } },
  });
  await ask('secrets.create', { name: 'STRIPE_API_KEY', value: canaries.stripe });
  await ask('secrets.create', { name: 'TRELLO_API_KEY', value: '0123456789abcdef0123456789abcdef' });
  await ask('secrets.create', {
    name: 'SLACK_BOT_TOKEN',
    value: 'xoxb-canary-0000-FFFF',
    scope: { group: { workspace_id: 'web-shop', group_id: 'agents' } },
  });
  await ask('secrets.create', { name: 'INTERNAL_BILLING_KEY', value: canaries.custom });
  await ask('secrets.create', { name: longName, value: 'a value with a long name' });
  await ask('secrets.create', { name: 'مفتاح-الفواتير', value: 'a right-to-left name' });
  await ask('policies.set', { capability: 'openai/chat-completions', rateLimitPerMinute: 60 });
  await ask('tokens.mint', {
    name: 'claude in web-shop',
    capabilities: ['openai/chat-completions'],
    workspaceId: 'web-shop',
  });
  await ask('tokens.mint', { name: 'nightly sync', capabilities: ['openai/embeddings'], ttlMs: 5 * 60 * 60 * 1000 });
}
