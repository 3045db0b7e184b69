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

/** A name no provider claims opens nothing yet. A person at a terminal is told the name meant, or what comes next. */
export async function adviseUnpinned(session: Session, name: string): Promise<void> {
  const { out } = session;
  if (!out.terminal) return;
  const { providers } = await session.ask('providers.list', {});
  const near = alike(
    name,
    providers.flatMap((provider) => provider.secrets.map((secret) => secret.name)),
  );
  out.line(dim(`  No provider's key has this name, so it opens nothing yet. ${didYouMean(near) ?? ''}`.trimEnd()));
  out.line(dim('  For an API of your own: aivault credential create --help'));
}
