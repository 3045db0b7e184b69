import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { AivaultError } from '#contract/errors.ts';
import { withoutBrackets } from '../../policy/host-match.ts';
import type { ClientCertificate } from '../auth/strategy.ts';
import { inTime } from '../in-time.ts';
import type { EgressSettings } from '../ports.ts';
import { upstreamError } from './exchange.ts';
import type { ProxyFor } from './proxy-route.ts';
import { type Lookup, pinned, type Resolved, resolveChecked } from './resolve.ts';
import { openTunnel } from './tunnel.ts';

// Every TLS connection the broker opens is opened here: to an address that was checked, as the name that was planned,
// against our own roots. A proxy in between carries it and sees what any network in between would see.

export interface DialTarget {
  /** Name only, lower case. */
  readonly host: string;
  readonly port: number;
  readonly allowLocal: boolean;
  readonly identity: ClientCertificate | null;
}

export interface Dialer {
  /** For undici: opens the connections of one pool. */
  connector(target: DialTarget, build: typeof buildConnector): buildConnector.connector;
  /**
   * One connection of its own, HTTP/1.1, given up while it is being opened once `gone` aborts. Throws as `resolveChecked`
   * does, `upstream_unreachable`, `upstream_timeout`.
   */
  dial(target: DialTarget, gone: AbortSignal): Promise<TLSSocket>;
}

/** For the name to resolve, for a proxy to lead there, and for the connection and its TLS handshake: each. */
const connectWithinMs = 10_000;

/** Dials upstreams over TLS 1.2 or newer, to addresses that `lookup` gave and that were checked, by way of `proxyFor`. */
export function createDialer(
  egress: EgressSettings,
  proxyFor: ProxyFor,
  lookup: Lookup,
  withinMs = connectWithinMs,
): Dialer {
  let plainContext: SecureContext | undefined;

  /** Our own roots and nothing from the environment: NODE_EXTRA_CA_CERTS has no say here. */
  function contextFor(identity: ClientCertificate | null): SecureContext {
    if (identity === null && plainContext !== undefined) return plainContext;
    const ca = egress.devCa === null ? [...rootCertificates] : [...rootCertificates, egress.devCa];
    const context = createSecureContext({ ca, minVersion: 'TLSv1.2', ...identity });
    if (identity === null) plainContext = context;
    return context;
  }

  const resolve = ({ host, port, allowLocal }: DialTarget) =>
    inTime(resolveChecked({ name: host, port, allowLocal }, egress, lookup), withinMs, notResolvedInTime);

  /** Null where the connection is to be opened straight. A local service is near: no proxy leads there. */
  async function tunnel(
    { host, allowLocal }: DialTarget,
    { addresses, port }: Resolved,
    gone: AbortSignal | null,
  ): Promise<Socket | null> {
    const proxy = allowLocal ? null : proxyFor(host, port);
    return proxy === null ? null : openTunnel({ proxy, addresses, port, withinMs, lookup, gone });
  }

  return {
    connector(target, build) {
      const secureContext = contextFor(target.identity);
      return (options, callback) => {
        const open = async (): Promise<void> => {
          const resolved = await resolve(target);
          const httpSocket = await tunnel(target, resolved, null);
          const dial = build({
            secureContext,
            rejectUnauthorized: true,
            timeout: withinMs,
            allowH2: true,
            lookup: pinned(resolved.addresses),
          } as buildConnector.BuildOptions);
          const through = httpSocket === null ? {} : { httpSocket };
          dial({ ...options, ...through, port: String(resolved.port), ...namedFor(target) }, (...outcome) => {
            // TLS that fails on top of a tunnel leaves the tunnel standing.
            if (outcome[0] !== null) httpSocket?.destroy();
            callback(...outcome);
          });
        };
        open().catch((error: Error) => callback(error, null));
      };
    },
    async dial(target, gone) {
      const resolved = await resolve(target);
      const through = await tunnel(target, resolved, gone);
      const socket = connect({
        ...(through === null ? {} : { socket: through }),
        host: withoutBrackets(target.host),
        port: resolved.port,
        ...namedFor(target),
        secureContext: contextFor(target.identity),
        rejectUnauthorized: true,
        ALPNProtocols: ['http/1.1'],
        lookup: pinned(resolved.addresses) as never,
      });
      socket.setNoDelay(true);
      const giveUp = (): void => void socket.destroy(gone.reason);
      if (gone.aborted) giveUp();
      gone.addEventListener('abort', giveUp, { once: true });
      return new Promise<TLSSocket>((settle, reject) => {
        const timer = setTimeout(() => {
          socket.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }));
        }, withinMs);
        socket.once('secureConnect', () => {
          clearTimeout(timer);
          settle(socket);
        });
        socket.once('error', (error) => {
          clearTimeout(timer);
          through?.destroy();
          reject(upstreamError(error));
        });
      });
    },
  };
}

/** What the server is asked to be. An address is not said in the handshake (RFC 6066 §3); its certificate is checked all the same. */
function namedFor({ host }: DialTarget): { servername?: string } {
  return isIP(withoutBrackets(host)) === 0 ? { servername: host } : {};
}

function notResolvedInTime(): AivaultError {
  return new AivaultError('upstream_timeout', 'The upstream name did not resolve in time.');
}
