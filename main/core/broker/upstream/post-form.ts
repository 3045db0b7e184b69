import { AivaultError } from '#contract/errors.ts';
import type { PostForm } from '../oauth/token-request.ts';
import type { EgressSettings } from '../ports.ts';
import { createDialer } from './dialer.ts';
import { Exchange } from './exchange.ts';
import { createPools, type Pools } from './pools.ts';
import type { ProxyFor } from './proxy-route.ts';
import { lookupBySystem } from './resolve.ts';

const deadlineMs = 60_000;
const maxAnswerBytes = 64 * 1024;

/** Token endpoints through the same egress as everything else: same address checks, same roots, no redirect followed. */
export function postFormOver(pools: Pools): PostForm {
  let posts = 0;
  return async ({ url, headers, body }) => {
    const { protocol, host, hostname, port, pathname, search } = new URL(url);
    if (protocol !== 'https:')
      throw new AivaultError('policy_violation', 'A token endpoint is reached over https only.');
    posts += 1;
    const pool = await pools.get({
      // A connection of its own: token endpoints serve many credentials, and none of them should meet there.
      credential: `token endpoint ${posts}`,
      origin: `https://${host}`,
      host: hostname,
      port: port === '' ? 443 : Number(port),
      allowLocal: false,
      identity: null,
    });
    const exchange = new Exchange();
    const timer = setTimeout(() => {
      exchange.abort(new AivaultError('upstream_timeout', 'The token endpoint did not answer in time.'));
    }, deadlineMs);
    try {
      pool.dispatch(
        { path: pathname + search, method: 'POST', headers: headers.flat(), body: Buffer.from(body), reset: true },
        exchange,
      );
      const answer = await exchange.answer;
      return { status: answer.status, body: await small(answer.body) };
    } finally {
      clearTimeout(timer);
      exchange.abort(new AivaultError('upstream_unreachable', 'The answer was not needed to its end.'));
      void pool.close().catch(() => {});
    }
  };
}

/** The same for callers outside the pipeline. */
export function createPostForm(egress: EgressSettings, proxyFor: ProxyFor, now: () => number): PostForm {
  return postFormOver(createPools(createDialer(egress, proxyFor, lookupBySystem), now));
}

async function small(body: Uint8Array | AsyncIterable<Uint8Array> | null): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new AivaultError('auth_failed', 'The token endpoint answers with too much.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
