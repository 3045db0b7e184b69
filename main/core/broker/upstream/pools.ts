import { createHash } from 'node:crypto';
import type { Pool } from 'undici';
import { AivaultError } from '#contract/errors.ts';
import type { MaybeLater } from '../at-once.ts';
import type { Dialer, DialTarget } from './dialer.ts';

// Connections are kept open per credential and origin and never cross: two credentials of one host never meet on a
// socket (T-D5). Loading undici costs 50 ms, so it is loaded by the first request.

export interface PoolTarget extends DialTarget {
  readonly credential: string;
  /** `https://host` or `https://host:port`. */
  readonly origin: string;
}

export interface Pools {
  get(target: PoolTarget): MaybeLater<Pool>;
  /** Loads what the first request would have to wait for, and would not find once the program was replaced by another version. */
  warm(): Promise<void>;
  /** Later requests get connections of their own; those that run are finished on the ones they have. */
  drop(): void;
  close(): Promise<void>;
}

/** No byte for this long, before or after the first one, ends a request. Long answers of models need minutes. */
const silenceMs = 300_000;
/**
 * An agent thinks for seconds between two calls, and a new connection costs it two or three round trips. Whoever closes
 * sooner says so in a `keep-alive` header, which counts; most others wait for a minute.
 */
const keptOpenMs = 30_000;
/** Callers are counted one by one; this only keeps a credential from using up every descriptor. */
const connectionsPerPool = 4096;
const forgetAfterMs = 5 * 60_000;

interface KeptPool {
  readonly pool: Pool;
  usedAtMs: number;
}

/** Opens a pool when it is first asked for and closes it when it was idle for long. */
export function createPools(dialer: Dialer, now: () => number, silentForMs = silenceMs): Pools {
  const kept = new Map<string, KeptPool>();
  const dropped = new Set<Pool>();
  let undici: typeof import('undici') | undefined;
  const sweeper = setInterval(sweep, 60_000).unref();

  function open(target: PoolTarget, loaded: typeof import('undici')): Pool {
    return new loaded.Pool(target.origin, {
      connect: dialer.connector(target, loaded.buildConnector),
      connections: connectionsPerPool,
      headersTimeout: silentForMs,
      bodyTimeout: silentForMs,
      keepAliveTimeout: keptOpenMs,
      maxHeaderSize: 64 * 1024,
    });
  }

  function take(target: PoolTarget, loaded: typeof import('undici')): Pool {
    const key = keyOf(target);
    let entry = kept.get(key);
    if (entry === undefined) {
      entry = { pool: open(target, loaded), usedAtMs: 0 };
      kept.set(key, entry);
    }
    entry.usedAtMs = now();
    return entry.pool;
  }

  function sweep(): void {
    for (const [key, { pool, usedAtMs }] of kept) {
      const { running, pending, queued } = pool.stats;
      if (running + pending + queued > 0 || now() - usedAtMs < forgetAfterMs) continue;
      kept.delete(key);
      void pool.close().catch(() => {});
    }
  }

  async function load(): Promise<typeof import('undici')> {
    try {
      undici ??= await import('undici');
      return undici;
    } catch (cause) {
      throw new AivaultError('contract_mismatch', 'aivault was replaced while its host ran.', {
        hint: 'Run `aivault restart`.',
        cause,
      });
    }
  }

  return {
    get: (target) => (undici === undefined ? load().then((loaded) => take(target, loaded)) : take(target, undici)),
    async warm() {
      await load();
    },
    drop() {
      for (const { pool } of kept.values()) {
        dropped.add(pool);
        const forget = (): void => void dropped.delete(pool);
        pool.close().then(forget, forget);
      }
      kept.clear();
    },
    async close() {
      clearInterval(sweeper);
      await Promise.all([...[...kept.values()].map(({ pool }) => pool), ...dropped].map((pool) => pool.destroy()));
      kept.clear();
    },
  };
}

function keyOf(target: PoolTarget): string {
  // What an operator no longer allows must not be reached over what was opened before.
  const base = `${target.credential}\n${target.origin}${target.allowLocal ? '\nlocal' : ''}`;
  if (target.identity === null) return base;
  // A renewed client certificate gets connections of its own.
  return `${base}\n${createHash('sha256').update(target.identity.cert).update(target.identity.key).digest('hex')}`;
}
