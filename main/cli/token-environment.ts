import type { Output as Answer } from '#contract/call.ts';
import type { Session } from './session.ts';

// What a tool needs in its environment to use a token: ours for any program, and for the providers' own SDKs the
// variables that point them at the pass-through.

type Provider = Answer<'providers.list'>['providers'][number];

/** The variables one provider's SDK reads: where the API is, and the token in the key's place. */
function sdkVariables(provider: Provider, baseUrl: string, token: string): [name: string, value: string][] {
  const bases = new Map(provider.sdk.flatMap(({ env }) => Object.entries(env)));
  if (bases.size === 0) return [];
  const [only, ...others] = provider.secrets;
  const key: [string, string][] = only === undefined || others.length > 0 ? [] : [[only.name, token]];
  return [...[...bases].map(([name, path]): [string, string] => [name, `${baseUrl}${path}`]), ...key];
}

/** The variables for the token, by name: AIVAULT_BASE_URL, AIVAULT_TOKEN, and what the SDKs of its providers read. */
export async function tokenEnvironment(
  session: Session,
  token: string,
  capabilities: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const [{ endpoint }, { providers }] = await Promise.all([
    session.ask('vault.status', {}),
    session.ask('providers.list', {}),
  ]);
  const baseUrl = endpoint?.baseUrl ?? '';
  const wanted = new Set(capabilities.map((id) => id.slice(0, id.indexOf('/'))));
  return Object.fromEntries([
    ['AIVAULT_BASE_URL', baseUrl],
    ['AIVAULT_TOKEN', token],
    ...providers.filter(({ provider }) => wanted.has(provider)).flatMap((found) => sdkVariables(found, baseUrl, token)),
  ]);
}
