import type { ProviderForm } from '#contract/schemas/registry.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import { didYouMean, nearest } from './nearest.ts';
import { dim } from './output.ts';
import type { Session } from './session.ts';

/** Names that mean the same provider (`STRIPE_SECRET_KEY`, `STRIPE_API_KEY`), then names that are spelled alike. */
export function alike(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toUpperCase();
  const [first] = wanted.split('_');
  const family = wanted.includes('_') ? known.filter((other) => other.split('_')[0] === first) : [];
  return [...new Set([...nearest(wanted, known), ...family])].filter((other) => other !== name).slice(0, 3);
}

async function knownProviders(session: Session): Promise<readonly ProviderForm[]> {
  return (await session.ask('providers.list', {})).providers;
}

/** Every name a provider claims. */
const claimedNames = (providers: readonly ProviderForm[]): readonly string[] =>
  providers.flatMap((provider) =>
    [provider, ...provider.alternatives].flatMap(({ secrets }) => secrets.map((secret) => secret.name)),
  );

/** How a secret of another name is used for the provider that was meant, where its value and the host are plain to see. */
export function takenAsItIs(
  name: string,
  near: readonly string[],
  providers: readonly ProviderForm[],
): string | undefined {
  const [first] = name.toUpperCase().split('_');
  const meant = providers.find(({ secrets, oauth, hosts }) => {
    const plain = secrets.length === 1 && oauth === null && hosts.every((host) => /^[a-z0-9.-]+$/.test(host));
    return plain && near.includes(secrets[0]!.name) && secrets[0]!.name.split('_')[0] === first;
  });
  if (meant === undefined || !/^[A-Za-z0-9_]+$/.test(name)) return undefined;
  const { provider } = meant;
  return `For ${meant.name} as it is: aivault credential create my-${provider} --provider ${provider} --secret ${name}`;
}

/** A name no provider claims opens nothing yet. A person at a terminal is told the name meant, or what comes next. */
export async function adviseUnpinned(session: Session, { name, scope }: SecretMetadata): Promise<void> {
  const { out } = session;
  if (!out.terminal) return;
  const providers = await knownProviders(session);
  const near = alike(name, claimedNames(providers));
  const asItIs = scope === 'global' ? takenAsItIs(name, near, providers) : undefined;
  out.line(dim(`  No provider's key has this name, so it opens nothing yet. ${didYouMean(near) ?? ''}`.trimEnd()));
  out.line(dim(`  ${asItIs ?? 'For an API of your own: aivault credential create --help'}`));
}

/** The same for many: only those that are nearly a provider's name, because a .env file holds more than keys. */
export async function adviseImported(session: Session, names: readonly string[], scope: Scope): Promise<void> {
  const { out } = session;
  if (!out.terminal || names.length === 0) return;
  const providers = await knownProviders(session);
  const claimed = claimedNames(providers);
  for (const name of names) {
    const near = claimed.includes(name) ? [] : alike(name, claimed);
    if (near.length === 0) continue;
    const asItIs = scope === 'global' ? takenAsItIs(name, near, providers) : undefined;
    out.line(dim(`  ${name} opens nothing yet. ${didYouMean(near)}`));
    if (asItIs !== undefined) out.line(dim(`    ${asItIs}`));
  }
}
