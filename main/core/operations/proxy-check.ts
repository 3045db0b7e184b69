import type { Environment } from '#contract/environment.ts';
import { type ProxyAddress, readProxyAddress } from '#contract/proxy-address.ts';
import type { DoctorCheck } from '#contract/schemas/host.ts';
import { environmentProxy } from '../broker/upstream/proxy-route.ts';
import { lookupBySystem } from '../broker/upstream/resolve.ts';
import { answersAt } from '../broker/upstream/tunnel.ts';
import { joinHostPort } from '../policy/host-match.ts';

export interface ProxyCheckDeps {
  readonly upstreamProxy: () => string;
  /** The host's own. */
  readonly environment: Environment;
}

const patienceMs = 2_000;
const byName = 'aivault settings set --upstream-proxy http://host:port';

/** How connections leave this machine, and whether they can. A proxy of the environment is shown only where it is used. */
export async function proxyCheck({ upstreamProxy, environment }: ProxyCheckDeps): Promise<DoctorCheck> {
  const chosen = upstreamProxy();
  const named = environmentProxy(environment);
  if (chosen === 'none') {
    const text = 'Upstreams are reached without a proxy.';
    if (named === null) return say('ok', text);
    return say(
      'ok',
      `${text} ${named.variable} is set and not used.`,
      'aivault settings set --upstream-proxy environment',
    );
  }
  if (chosen !== 'environment') return reached(readProxyAddress(chosen), 'the settings name', byName);
  if (named !== null) return reached(named.address, `${named.variable} names`, `Mend ${named.variable}, or: ${byName}`);
  return say(
    'attention',
    'The proxy is to come from the environment, and that of this host names none: upstreams are reached without one.',
    byName,
  );
}

async function reached(address: ProxyAddress | string, whose: string, next: string): Promise<DoctorCheck> {
  if (typeof address === 'string') return say('broken', `The proxy that ${whose} cannot be used: ${address}.`, next);
  const where = joinHostPort(address.host, address.port);
  if (await answersAt(address, lookupBySystem, patienceMs))
    return say('ok', `Upstreams are reached through the proxy that ${whose}, ${where}.`);
  return say('broken', `The proxy that ${whose}, ${where}, takes no connections.`, next);
}

function say(state: DoctorCheck['state'], text: string, next: string | null = null): DoctorCheck {
  return { id: 'proxy', state, text, next };
}
