import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AivaultError } from '#contract/errors.ts';
import { keyProvider } from '#contract/schemas/vault.ts';
import { open, seal } from '../crypto/aead.ts';
import { encodeFields, equalBytes, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../crypto/bytes.ts';
import { deriveSubkey, mac } from '../crypto/hkdf.ts';
import type { WrappedKey } from '../keyring/protector.ts';

// The header is what can be read of a locked vault. It names the protector, and holds two things sealed under the vault
// key: the seed that purpose keys come from, and the flags nobody may change. The ledger's root covers all of it.

const wrappedKey = z.strictObject({
  provider: keyProvider,
  parameters: z.record(z.string().max(64), z.union([z.string().max(4096), z.number()])),
  wrapped: z.base64().max(256),
});

const header = z.strictObject({
  format: z.literal(1),
  vaultId: z.uuid(),
  createdAtMs: z.int().nonnegative(),
  key: wrappedKey,
  /** HMAC of the vault id under a key derived from the vault key: tells keys apart, and nothing about them. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  development: z.boolean(),
  seed: z.base64().max(256),
  flags: z.base64().max(256),
  /** The key that re-keying replaced and that still has to be removed. */
  retired: wrappedKey.nullable(),
});
export type Header = Readonly<z.output<typeof header>>;

/** Throws `integrity_error` for anything but a header this version writes. */
export function parseHeader(text: string): Header {
  try {
    return header.parse(JSON.parse(text));
  } catch (cause) {
    throw new AivaultError('integrity_error', 'The vault header is not one this version reads.', { cause });
  }
}

export interface HeaderFacts {
  readonly vaultId: string;
  readonly createdAtMs: number;
  readonly development: boolean;
}

/** A header for a vault key: the seed sealed under it, the key itself wrapped by its protector. */
export function makeHeader(
  facts: HeaderFacts,
  secrets: { readonly vaultKey: Uint8Array; readonly seed: Uint8Array },
  key: WrappedKey,
  retired: WrappedKey | null,
): Header {
  const { vaultId, development } = facts;
  const headerKey = deriveSubkey(secrets.vaultKey, 'header');
  const flags = utf8(JSON.stringify({ development }));
  return {
    format: 1,
    ...facts,
    key: { ...key, parameters: { ...key.parameters } },
    fingerprint: fingerprintOf(vaultId, secrets.vaultKey),
    seed: toBase64(seal(headerKey, secrets.seed, encodeFields('aivault seed', vaultId))),
    flags: toBase64(seal(headerKey, flags, encodeFields('aivault flags', vaultId))),
    retired: retired === null ? null : { ...retired, parameters: { ...retired.parameters } },
  };
}

/** Checks the header against the vault key and opens what it seals. Throws `integrity_error`. */
export function openHeader(known: Header, vaultKey: Uint8Array): { readonly seed: Uint8Array } {
  const { vaultId } = known;
  if (!equalBytes(fromHex(known.fingerprint)!, fromHex(fingerprintOf(vaultId, vaultKey))!)) {
    throw new AivaultError('integrity_error', 'The key that was found is not the key of this vault.');
  }
  const headerKey = deriveSubkey(vaultKey, 'header');
  const seed = open(headerKey, fromBase64(known.seed)!, encodeFields('aivault seed', vaultId));
  const flags = fromUtf8(open(headerKey, fromBase64(known.flags)!, encodeFields('aivault flags', vaultId)));
  if (flags !== JSON.stringify({ development: known.development })) {
    throw new AivaultError('integrity_error', 'The vault header claims flags it was not created with.');
  }
  return { seed };
}

/** What the ledger's root covers of a header. */
export function headerDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function fingerprintOf(vaultId: string, vaultKey: Uint8Array): string {
  return toHex(mac(deriveSubkey(vaultKey, 'fingerprint'), encodeFields(vaultId)));
}

/** Null where there is none, or one this version does not read. */
export function headerOrNull(text: string | undefined): Header | null {
  try {
    return text === undefined ? null : parseHeader(text);
  } catch {
    return null;
  }
}
