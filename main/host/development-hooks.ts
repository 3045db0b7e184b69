import { readFileSync } from 'node:fs';
import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';

/** What the hooks ask for; the shape core's egress settings have. */
export interface DevelopmentHooks {
  readonly devResolve: ReadonlyMap<string, { readonly address: string; readonly port: number }>;
  readonly devCa: string | null;
}

const entry = /^([a-z0-9.-]+)=(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]):(\d{1,5})$/i;

/**
 * Reads `AIVAULT_DEV_RESOLVE="host=ip:port,…"` and `AIVAULT_DEV_CA_CERT_PATH=ca.pem`. Null where neither is set. Throws
 * `invalid_request` for any other `AIVAULT_DEV_…` variable and for values that do not read: a hook that is silently
 * ignored would let a test reach the real provider.
 */
export function readDevelopmentHooks(environment: Environment): DevelopmentHooks | null {
  const set = Object.keys(environment).filter((name) => name.startsWith('AIVAULT_DEV_') && environment[name]?.trim());
  if (set.length === 0) return null;
  const unknown = set.find((name) => name !== 'AIVAULT_DEV_RESOLVE' && name !== 'AIVAULT_DEV_CA_CERT_PATH');
  if (unknown !== undefined)
    throw new AivaultError('invalid_request', 'A development hook is set that does not exist.', {
      hint: 'There are AIVAULT_DEV_RESOLVE and AIVAULT_DEV_CA_CERT_PATH.',
    });
  return {
    devResolve: readResolve(environment.AIVAULT_DEV_RESOLVE),
    devCa: readCa(environment.AIVAULT_DEV_CA_CERT_PATH),
  };
}

function readResolve(text: string | undefined): DevelopmentHooks['devResolve'] {
  const found = new Map<string, { address: string; port: number }>();
  for (const part of (text ?? '').split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [, host, address, port] = entry.exec(part) ?? [];
    if (host === undefined || Number(port) > 65_535) {
      throw new AivaultError('invalid_request', 'AIVAULT_DEV_RESOLVE does not read.', {
        hint: 'Write host=ip:port, several separated by commas.',
      });
    }
    found.set(host.toLowerCase(), { address: address!.replace(/^\[|\]$/g, ''), port: Number(port) });
  }
  return found;
}

function readCa(file: string | undefined): string | null {
  if (!file?.trim()) return null;
  try {
    const pem = readFileSync(file.trim(), 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch {
    // The same sentence for a missing file and for one that holds something else.
  }
  throw new AivaultError('invalid_request', 'AIVAULT_DEV_CA_CERT_PATH does not name a readable PEM certificate.');
}
