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

/** Every name a provider claims. */
async function claimedNames(session: Session): Promise<readonly string[]> {
  const { providers } = await session.ask('providers.list', {});
  return providers.flatMap((provider) =>
    [provider, ...provider.alternatives].flatMap(({ secrets }) => secrets.map((secret) => secret.name)),
  );
}

/** A name no provider claims opens nothing yet. A person at a terminal is told the name meant, or what comes next. */
export async function adviseUnpinned(session: Session, name: string): Promise<void> {
  const { out } = session;
  if (!out.terminal) return;
  const near = alike(name, await claimedNames(session));
  out.line(dim(`  No provider's key has this name, so it opens nothing yet. ${didYouMean(near) ?? ''}`.trimEnd()));
  out.line(dim('  For an API of your own: aivault credential create --help'));
}

/** The same for many: only those that are nearly a provider's name, because a .env file holds more than keys. */
export async function adviseImported(session: Session, names: readonly string[]): Promise<void> {
  const { out } = session;
  if (!out.terminal || names.length === 0) return;
  const claimed = await claimedNames(session);
  for (const name of names) {
    const near = claimed.includes(name) ? [] : alike(name, claimed);
    if (near.length > 0) out.line(dim(`  ${name} opens nothing yet. ${didYouMean(near)}`));
  }
}
