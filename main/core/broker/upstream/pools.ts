import { createHash } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { buildConnector, Pool } from 'undici';
import type { ClientCertificate } from '../auth/strategy.ts';
import type { EgressSettings } from '../ports.ts';
import { type Address, type Lookup, resolveChecked } from './resolve.ts';

// Connections are kept open per credential and origin and never cross: two credentials of one host never meet on a
// socket (threats D5). Loading undici costs 50 ms, so it is loaded by the first request.

export interface PoolTarget {
  readonly credential: string;
  /** `https://host` or `https://host:port`. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly allowLocal: boolean;
  readonly identity: ClientCertificate | null;
}

export interface Pools {
  get(target: PoolTarget): Promise<Pool> | Pool;
  close(): Promise<void>;
}

export const connectTimeoutMs = 10_000;
/** No byte for this long, before or after the first one, ends a request. Long answers of models need minutes. */
export const silenceTimeoutMs = 300_000;
const connectionsPerPool = 256;
const forgetAfterMs = 5 * 60_000;

interface KeptPool {
  readonly pool: Pool;
  usedAtMs: number;
}

export function createPools(egress: EgressSettings, lookup: Lookup, now: () => number): Pools {
  const kept = new Map<string, KeptPool>();
  let undici: typeof import('undici') | undefined;
  let plainContext: SecureContext | undefined;
  const sweeper = setInterval(sweep, 60_000).unref();

  /** Our own roots and nothing from the environment: NODE_EXTRA_CA_CERTS has no say here. */
  function contextFor(identity: ClientCertificate | null): SecureContext {
    if (identity === null && plainContext !== undefined) return plainContext;
    const ca = egress.devCa === null ? [...rootCertificates] : [...rootCertificates, egress.devCa];
    const context = createSecureContext({ ca, minVersion: 'TLSv1.2', ...identity });
    if (identity === null) plainContext = context;
    return context;
  }

  function open(target: PoolTarget, loaded: typeof import('undici')): Pool {
    const secureContext = contextFor(target.identity);
    const connect: buildConnector.connector = (options, callback) => {
      resolveChecked({ name: target.host, port: target.port, allowLocal: target.allowLocal }, egress, lookup).then(
        ({ addresses, port }) => {
          const dial = loaded.buildConnector({
            secureContext,
            rejectUnauthorized: true,
            timeout: connectTimeoutMs,
            allowH2: false,
            lookup: pinned(addresses),
          } as buildConnector.BuildOptions);
          dial({ ...options, port: String(port), servername: target.host }, callback);
        },
        (error: Error) => callback(error, null),
      );
    };
    return new loaded.Pool(target.origin, {
      connect,
      connections: connectionsPerPool,
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
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

  return {
    get(target) {
      if (undici !== undefined) return take(target, undici);
      return import('undici').then((loaded) => {
        undici = loaded;
        return take(target, loaded);
      });
    },
    async close() {
      clearInterval(sweeper);
      await Promise.all([...kept.values()].map(({ pool }) => pool.destroy()));
      kept.clear();
    },
  };
}

function keyOf(target: PoolTarget): string {
  const base = `${target.credential}\n${target.origin}`;
  if (target.identity === null) return base;
  // A renewed client certificate gets connections of its own.
  return `${base}\n${createHash('sha256').update(target.identity.cert).update(target.identity.key).digest('hex')}`;
}

/** A lookup for net.connect that knows only the addresses that were checked. */
function pinned(addresses: readonly Address[]) {
  return (
    _name: string,
    options: { all?: boolean },
    callback: (error: Error | null, address: unknown, family?: number) => void,
  ): void => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address, addresses[0]?.family);
  };
}
