import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AivaultError } from '#contract/errors.ts';
import { withoutBrackets } from '../../policy/host-match.ts';
import type { EgressSettings } from '../ports.ts';
import { addressKind } from './address-check.ts';

// The one function every outgoing connection asks where to go, token endpoints included. The addresses it returns are
// the ones that get connected to: nobody looks the name up a second time.

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name, in the order to try them. */
export type Lookup = (name: string) => Promise<readonly Address[]>;

export const lookupBySystem: Lookup = async (name) => {
  const found = await systemLookup(name, { all: true, order: 'verbatim' });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

export interface Destination {
  /** Name only, lower case. */
  readonly name: string;
  readonly port: number;
  readonly allowLocal: boolean;
}

export interface Resolved {
  readonly addresses: readonly Address[];
  readonly port: number;
}

/**
 * Where to connect for a destination. Every address of the name has to be allowed, else `policy_violation`: a name that
 * is public and private at once is an attack. Names of a development hook go where the hook says.
 */
export async function resolveChecked(to: Destination, egress: EgressSettings, lookup: Lookup): Promise<Resolved> {
  const hook = egress.devResolve.get(to.name);
  if (hook !== undefined) {
    return { addresses: [{ address: hook.address, family: isIP(hook.address) === 6 ? 6 : 4 }], port: hook.port };
  }
  if (to.port !== 443 && !to.allowLocal) {
    throw new AivaultError('policy_violation', 'Only port 443 may be reached.');
  }
  const addresses = await addressesOf(to.name, lookup);
  if (addresses.length === 0) throw nowhere('The upstream name has no address.');
  for (const { address } of addresses) {
    const kind = addressKind(address);
    if (kind === 'public' || (kind === 'local' && to.allowLocal)) continue;
    throw new AivaultError('policy_violation', 'The upstream name resolves to an address that may not be reached.', {
      hint: 'Private, loopback, link-local and metadata addresses are refused; `credential create --allow-local` opens one local service.',
    });
  }
  return { addresses, port: to.port };
}

async function addressesOf(name: string, lookup: Lookup): Promise<readonly Address[]> {
  const address = withoutBrackets(name);
  const literal = isIP(address);
  if (literal !== 0) return [{ address, family: literal === 6 ? 6 : 4 }];
  try {
    return await lookup(name);
  } catch (cause) {
    throw nowhere('The upstream name cannot be resolved.', cause);
  }
}

function nowhere(message: string, cause?: unknown): AivaultError {
  return new AivaultError('upstream_unreachable', message, {
    hint: 'Check the network, and the host of the credential. Where only a proxy leads out: `aivault settings set --upstream-proxy http://host:port`.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A lookup for net.connect that knows only the addresses that were checked. */
export function pinned(addresses: readonly Address[]) {
  return (
    _name: string,
    options: { all?: boolean },
    callback: (error: Error | null, address: unknown, family?: number) => void,
  ): void => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address, addresses[0]?.family);
  };
}
