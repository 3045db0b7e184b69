import { connect, isIP, type Socket } from 'node:net';
import { AivaultError } from '#contract/errors.ts';
import type { ProxyAddress } from '#contract/proxy-address.ts';
import { joinHostPort } from '../../policy/host-match.ts';
import { type Address, type Lookup, pinned } from './resolve.ts';

// A connection to a checked address through a proxy (RFC 9110 §9.3.6). The proxy is told that address, never the name: it
// has nothing to resolve, so it cannot be talked into reaching what we would not. TLS goes on top, from end to end.

/** Heads of proxies are a line or two. */
const maxHeadBytes = 8 * 1024;
/** Addresses of one upstream that are asked for before it is given up. */
const mostTries = 4;

export interface TunnelWish {
  readonly proxy: ProxyAddress;
  /** Of the upstream, checked. */
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly withinMs: number;
  /** Finds the proxy itself. Its addresses are not checked: the operator named it, and most proxies are nearby. */
  readonly lookup: Lookup;
  /** Whoever wanted it does not any more. */
  readonly gone: AbortSignal | null;
}

/**
 * A connection that leads to one of the addresses and has carried nothing yet. Throws `upstream_unreachable` where the
 * proxy is not there, refuses, or speaks something else; `upstream_timeout` where it takes too long.
 */
export async function openTunnel(wish: TunnelWish): Promise<Socket> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), wish.withinMs);
  const over = wish.gone === null ? late.signal : AbortSignal.any([late.signal, wish.gone]);
  try {
    // Whether the proxy has IPv6 we cannot know; nearly all have IPv4.
    const inOrder = [...wish.addresses].sort((one, other) => one.family - other.family).slice(0, mostTries);
    for (const [index, address] of inOrder.entries()) {
      const answer = await ask(wish, address, over);
      if (typeof answer !== 'number') return answer;
      // It may reach one address and not another; a proxy that wants a password wants it for all.
      if (answer === 407 || index === inOrder.length - 1) throw refused(answer);
    }
    throw new AivaultError('upstream_unreachable', 'The upstream name has no address.');
  } finally {
    clearTimeout(timer);
  }
}

/** Whether anything takes connections there. */
export async function answersAt(proxy: ProxyAddress, lookup: Lookup, withinMs: number): Promise<boolean> {
  try {
    const socket = await reach(proxy, lookup, AbortSignal.timeout(withinMs));
    socket.destroy();
    return true;
  } catch {
    return false;
  }
}

/** One CONNECT over a connection of its own: the tunnel, or the status it was refused with. */
async function ask(wish: TunnelWish, { address }: Address, late: AbortSignal): Promise<Socket | number> {
  const socket = await reach(wish.proxy, wish.lookup, late);
  try {
    const to = joinHostPort(address, wish.port);
    socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
    const status = await readHead(socket, late);
    if (status >= 200 && status <= 299) return socket;
    socket.destroy();
    return status;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function reach(proxy: ProxyAddress, lookup: Lookup, late: AbortSignal): Promise<Socket> {
  const found = isIP(proxy.host) === 0 ? await orLate(lookup(proxy.host), late) : null;
  const socket = connect({
    host: proxy.host,
    port: proxy.port,
    noDelay: true,
    ...(found === null ? {} : { lookup: pinned(found) as never }),
  });
  // What happens to it later is the business of the TLS connection on top.
  socket.on('error', () => {});
  const connected = new Promise<void>((settle, reject) => {
    socket.once('connect', settle);
    socket.once('close', () => reject(notThere()));
  });
  try {
    await orLate(connected, late);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Reads the head of the answer. Nobody may say anything behind it before TLS begins. */
async function readHead(socket: Socket, late: AbortSignal): Promise<number> {
  let head = '';
  const complete = Promise.withResolvers<void>();
  const strange = (): void => complete.reject(notAProxy());
  const look = (): void => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end !== -1 && end === head.length - 4) complete.resolve();
    else if (end !== -1 || head.length > maxHeadBytes) strange();
  };
  socket.on('readable', look).once('end', strange).once('close', strange);
  try {
    await orLate(complete.promise, late);
  } finally {
    socket.off('readable', look).off('end', strange).off('close', strange);
  }
  const status = /^HTTP\/1\.[01] ([2-5]\d\d)(?: [^\r\n]*)?\r\n/.exec(head)?.[1];
  if (status === undefined) throw notAProxy();
  return Number(status);
}

async function orLate<T>(work: Promise<T>, late: AbortSignal): Promise<T> {
  const tooLate = Promise.withResolvers<never>();
  const onLate = (): void => tooLate.reject(new AivaultError('upstream_timeout', 'The proxy did not answer in time.'));
  if (late.aborted) onLate();
  late.addEventListener('abort', onLate, { once: true });
  try {
    return await Promise.race([work, tooLate.promise]);
  } catch (cause) {
    throw cause instanceof AivaultError ? cause : notThere(cause);
  } finally {
    late.removeEventListener('abort', onLate);
  }
}

function notThere(cause?: unknown): AivaultError {
  return new AivaultError('upstream_unreachable', 'The proxy cannot be reached.', {
    hint: 'See `aivault doctor` and `aivault settings`.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function notAProxy(): AivaultError {
  return new AivaultError('upstream_unreachable', 'The proxy does not answer as one.', {
    hint: 'See `aivault settings`.',
  });
}

function refused(status: number): AivaultError {
  return new AivaultError('upstream_unreachable', `The proxy refuses the connection (${status}).`, {
    hint:
      status === 407
        ? 'It wants a password, which aivault does not give; a local proxy can add it.'
        : 'It has to allow CONNECT to an address, not only to a name.',
  });
}
