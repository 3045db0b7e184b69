// How an HTTP proxy is named, in the settings and in HTTPS_PROXY: `http://host` or `http://host:port`, nothing else.

export interface ProxyAddress {
  /** A name or an address, lower case, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** The address of a proxy, or a sentence about what is wrong with it. The sentence repeats nothing of `text`. */
export function readProxyAddress(text: string): ProxyAddress | string {
  // Looked for first: a password must not be taken for anything else, and there is nowhere to keep it.
  if (text.includes('@')) {
    return 'a proxy that wants a user name or password is not supported: settings are no place for a password';
  }
  const parts = /^http:\/\/(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::([0-9]{1,5}))?\/?$/i.exec(text);
  if (parts === null) return 'a proxy is named as http://host:port; https:// and socks:// proxies are not supported';
  const [, inBrackets, plain = inBrackets!, port = '80'] = parts;
  if (Number(port) < 1 || Number(port) > 65_535) return 'the port of a proxy is a number from 1 to 65535';
  return { host: plain.toLowerCase(), port: Number(port) };
}

/** Why this is no value of the setting, or null: `none`, `environment`, or the address of a proxy. */
export function upstreamProxyFault(text: string): string | null {
  if (text === 'none' || text === 'environment') return null;
  const read = readProxyAddress(text);
  if (typeof read !== 'string') return null;
  return /^[a-z]+$/i.test(text) ? 'a word here is none or environment; a proxy is named as http://host:port' : read;
}
