import type { IncomingMessage } from 'node:http';

// The console is the one endpoint a browser may use, so it asks for what a browser cannot fake: the exact name it went
// to, the page that asks, and a header only our own script can set.

/** Why a request may not be looked at any further: an empty answer with this status. */
export type Refusal = 421 | 403 | null;

/** The exact Host, once; and no page but our own may be behind the request. `origin` is `http://127.0.0.1:<port>`. */
export function guardConsole(request: IncomingMessage, origin: string): Refusal {
  const { rawHeaders, headers, method } = request;
  const hosts = rawHeaders.filter((_, at) => at % 2 === 0 && rawHeaders[at]!.toLowerCase() === 'host');
  if (hosts.length !== 1 || `http://${headers.host}` !== origin) return 421;
  if (!request.url?.startsWith('/')) return 421;
  if (headers.origin !== undefined && headers.origin !== origin) return 403;
  // A script's question comes from a page; browsers always say which one beside a POST.
  if (method === 'POST' && headers.origin !== origin) return 403;
  return fromElsewhere(request) ? 403 : null;
}

/** A page of another origin may take the browser here (the redirect file does), but not embed or fetch anything. */
function fromElsewhere({ headers, method }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'none' || site === 'same-origin') return false;
  return !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');
}
