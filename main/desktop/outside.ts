import type { Output } from '#contract/call.ts';
import type { Result } from '#contract/errors.ts';

// Which addresses a link in our window may open in the person's browser: pages of providers the registry names.

/** The origins the registry's own links have. */
function linkOrigins(providers: Output<'providers.list'>['providers']): ReadonlySet<string> {
  const origins = new Set<string>();
  for (const { docsUrl, keysUrl, oauth } of providers) {
    for (const url of [docsUrl, keysUrl, oauth?.consentOrigin ?? '']) {
      if (url.startsWith('https://')) origins.add(new URL(url).origin);
    }
  }
  return origins;
}

/**
 * Whether a URL may be handed to the operating system: https, a host the registry links to, no user info, no port of
 * its own. openExternal starts other programs, so everything else is nobody's business of ours.
 */
export function mayOpenOutside(url: string, origins: ReadonlySet<string>): boolean {
  if (!/^https:\/\/[\x21-\x7e]{1,2000}$/.test(url) || /[\\<>"'`{}|^]/.test(url)) return false;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return (
    parsed !== null &&
    parsed.protocol === 'https:' &&
    parsed.username === '' &&
    parsed.password === '' &&
    parsed.port === '' &&
    origins.has(parsed.origin)
  );
}

/** Opens what may be opened; asks the host for the list the first time. */
export function createOutside(
  listProviders: () => Promise<Result<Output<'providers.list'>>>,
  open: (url: string) => Promise<void>,
): (url: string) => Promise<boolean> {
  let origins: ReadonlySet<string> | null = null;
  return async (url) => {
    if (origins === null) {
      const listed = await listProviders();
      if (!listed.ok) return false;
      origins = linkOrigins(listed.value.providers);
    }
    if (!mayOpenOutside(url, origins)) return false;
    await open(url);
    return true;
  };
}
