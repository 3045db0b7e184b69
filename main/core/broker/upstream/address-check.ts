import { BlockList, isIPv4, isIPv6 } from 'node:net';

// Which addresses a request may reach. IPv4: everything but the special-purpose blocks (RFC 6890). IPv6: nothing but
// global unicast (2000::/3) without its special blocks, and NAT64 addresses whose embedded IPv4 address is public.

export type AddressKind =
  | 'public'
  /** Loopback and private networks: open to a credential whose operator said so. */
  | 'local'
  /** Link-local, metadata, multicast, unspecified, documentation, tunnels: open to nobody. */
  | 'never';

function list(family: 'ipv4' | 'ipv6', blocks: readonly string[]): BlockList {
  const blocked = new BlockList();
  for (const block of blocks) {
    const [net, prefix] = block.split('/') as [string, string];
    blocked.addSubnet(net, Number(prefix), family);
  }
  return blocked;
}

const local4 = list('ipv4', ['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
const never4 = list('ipv4', [
  '0.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
]);
const local6 = list('ipv6', ['::1/128', 'fc00::/7']);
const metadata6 = list('ipv6', ['fd00:ec2::/32', 'fd20:ce::/32']);
const global6 = list('ipv6', ['2000::/3']);
const never6 = list('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
const mapped6 = list('ipv6', ['::ffff:0:0/96']);
const nat64 = list('ipv6', ['64:ff9b::/96']);

/** Classifies one resolved address. Anything that is no address at all is `never`. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kind4(address);
  const plain = address.includes('%') ? address.slice(0, address.indexOf('%')) : address;
  if (!isIPv6(plain)) return 'never';
  if (mapped6.check(plain, 'ipv6') || nat64.check(plain, 'ipv6')) {
    const embedded = kind4(lastFourBytes(plain));
    // A private address behind NAT64 is somebody else's private network.
    return embedded === 'local' && nat64.check(plain, 'ipv6') ? 'never' : embedded;
  }
  if (metadata6.check(plain, 'ipv6')) return 'never';
  if (local6.check(plain, 'ipv6')) return 'local';
  return global6.check(plain, 'ipv6') && !never6.check(plain, 'ipv6') ? 'public' : 'never';
}

function kind4(address: string): AddressKind {
  if (never4.check(address, 'ipv4')) return 'never';
  return local4.check(address, 'ipv4') ? 'local' : 'public';
}

/** The IPv4 address in the last 32 bits, whether written dotted or in hex. */
function lastFourBytes(address: string): string {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const compressed = address.endsWith('::') ? `${address}0` : address;
  const tail = compressed.split(':').slice(-2);
  const [high, low] = tail.map((group) => Number.parseInt(group === '' ? '0' : group, 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
