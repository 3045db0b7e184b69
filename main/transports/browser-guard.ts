import { AivaultError } from '#contract/errors.ts';

// A web page can make the browser of this machine send requests to 127.0.0.1. Everything a page cannot avoid sending is
// looked at before anything else happens: the name it used (DNS rebinding, A1) and the marks of a browser (A2 to A4).

/** Refused before routing: `foreign` is answered 421 with an empty body, an error as the door `at` which it knocked says no. */
export type Guarded =
  | { readonly target: string }
  | { readonly foreign: true }
  | { readonly error: AivaultError; readonly at: string };

const foreign: Guarded = { foreign: true };

/** The three names of this endpoint. Exact: no other case, no trailing dot, no other spelling of the address. */
export function hostNames(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

/**
 * Looks at one request's raw headers and target. Answers the target in origin form.
 * Source: RFC 9112 3.2 (exactly one Host; an absolute target must name the same authority).
 */
export function guard(rawHeaders: readonly string[], target: string, hosts: ReadonlySet<string>): Guarded {
  let host: string | undefined;
  let marked = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    // Lengths first: this loop runs for every request, and most headers are none of these.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') {
          if (host !== undefined) return foreign;
          host = rawHeaders[i + 1]!;
        }
        break;
      case 6:
        marked ||= name.toLowerCase() === 'origin';
        break;
      case 14:
        marked ||= name.toLowerCase() === 'sec-fetch-site' && rawHeaders[i + 1] !== 'none';
        break;
      case 29: // a preflight
        marked ||= name.toLowerCase() === 'access-control-request-method';
        break;
      default:
    }
  }
  if (host === undefined || !hosts.has(host)) return foreign;
  const path = originForm(target, host);
  if (path === null) return foreign;
  if (marked) return { error: new AivaultError('origin_refused', 'Web pages may not use this endpoint.'), at: path };
  return { target: path };
}

function originForm(target: string, host: string): string | null {
  if (target.startsWith('/')) return target;
  const prefix = `http://${host}`;
  if (!target.startsWith(prefix)) return null;
  const rest = target.slice(prefix.length);
  if (rest === '') return '/';
  if (rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : null;
}
