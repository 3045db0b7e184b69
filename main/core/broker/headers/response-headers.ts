import type { HeaderPair } from '#contract/proxied.ts';
import { authHeaders, framingHeaders, type NameList, nameList } from './header-names.ts';

/** What an answer may carry back from any upstream; a provider's own list adds to it. Nothing that sets state or hints at auth. */
const base = [
  'accept-patch',
  'accept-post',
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'content-digest',
  'content-disposition',
  'content-language',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'deprecation',
  'digest',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-*',
  'repr-digest',
  'request-id',
  'retry-after',
  'sunset',
  'upload-offset',
  'vary',
  'warning',
  'x-correlation-id',
  'x-next-page',
  'x-page',
  'x-per-page',
  'x-prev-page',
  'x-rate-limit-*',
  'x-ratelimit-*',
  'x-request-id',
  'x-should-retry',
  'x-total',
  'x-total-count',
  'x-total-pages',
];
const baseList = nameList(base);

export function responseHeaderRules(provider: readonly string[]): NameList {
  return provider.length === 0 ? baseList : nameList(base, provider);
}

/** What would open an answer to web pages (threats A3), or be taken for our own word. */
const neverReturned = /^(?:access-control-|aivault-|clear-site-data$|cross-origin-)/;

/** The listed ones of an upstream's headers, in order; framing, cookies and challenges never pass, listed or not. */
export function returnedHeaders(headers: readonly HeaderPair[], allowed: NameList): HeaderPair[] {
  return headers.filter(
    ([name]) => allowed.has(name) && !framingHeaders.has(name) && !authHeaders.has(name) && !neverReturned.test(name),
  );
}
