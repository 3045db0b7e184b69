import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';
import { type ProxyAddress, readProxyAddress } from '#contract/proxy-address.ts';
import { withoutBrackets } from '../../policy/host-match.ts';

// Which way connections go: straight, or through the one proxy the operator chose. The environment has a say only where
// the setting gives it one (T-D4).

/** The proxy for a connection, null for none. Throws `upstream_unreachable` where there should be one that cannot be used. */
export type ProxyFor = (host: string, port: number) => ProxyAddress | null;

/** Asks for the setting at each connection, so that a change counts from the next one on. */
export function createProxyRoute(setting: () => string, environment: Environment): ProxyFor {
  return (host, port) => {
    const chosen = setting();
    if (chosen === 'none') return null;
    if (chosen !== 'environment') return usable(readProxyAddress(chosen));
    if (isExempt(environment, host, port)) return null;
    const named = environmentProxy(environment);
    return named === null ? null : usable(named.address);
  };
}

export interface EnvironmentProxy {
  /** The variable it comes from. */
  readonly variable: 'https_proxy' | 'HTTPS_PROXY';
  /** Or a sentence about what is wrong with it. */
  readonly address: ProxyAddress | string;
}

/** The proxy an environment names for https, the lower-case spelling first. */
export function environmentProxy(environment: Environment): EnvironmentProxy | null {
  for (const variable of ['https_proxy', 'HTTPS_PROXY'] as const) {
    const text = environment[variable]?.trim() ?? '';
    // Without a scheme it means http, for curl as for us.
    if (text !== '') return { variable, address: readProxyAddress(text.includes('://') ? text : `http://${text}`) };
  }
  return null;
}

/** NO_PROXY: names with what is below them, addresses, either with a port; `*` for everything. */
function isExempt(environment: Environment, host: string, port: number): boolean {
  const list = environment.no_proxy?.trim() || environment.NO_PROXY || '';
  const name = withoutBrackets(host);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, bracketed, plain, only] = /^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(entry) ?? [];
      // An IPv6 address without brackets has colons of its own, and no port.
      const isAddress = bracketed === undefined && entry.split(':').length > 2;
      const wanted = isAddress ? entry : (bracketed ?? plain ?? '').replace(/^\*?\./, '');
      if (wanted === '' || (!isAddress && only !== undefined && Number(only) !== port)) return false;
      return name === wanted || name.endsWith(`.${wanted}`);
    });
}

/** Fails closed: whoever asked for a proxy is not sent around it. */
function usable(read: ProxyAddress | string): ProxyAddress {
  if (typeof read !== 'string') return read;
  throw new AivaultError('upstream_unreachable', 'The proxy of this host is named in a way that cannot be used.', {
    hint: 'See `aivault doctor`.',
  });
}
