import { multiQueryAuth } from './multi-query.ts';
import { type AuthStrategy, ownsNothing } from './strategy.ts';

/** `?key={{secret}}`: one parameter, appended after the caller's own. */
export const queryAuth: AuthStrategy<'query'> = {
  ...ownsNothing,
  ownedQuery: ({ name }) => [name],
  shown: ({ name, template }, sent) => multiQueryAuth.shown(asMany(name, template), sent),
  check: ({ name, template }, fields) => multiQueryAuth.check(asMany(name, template), fields),
  apply: (input) => multiQueryAuth.apply({ ...input, auth: asMany(input.auth.name, input.auth.template) }),
};

const asMany = (name: string, template: string) => ({ kind: 'multi-query' as const, params: [{ name, template }] });
