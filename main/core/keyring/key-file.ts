import { basename, dirname, extname, join } from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { toBase64, toHex, wipe } from '../crypto/bytes.ts';
import type { RandomBytes } from '../crypto/random.ts';
import { readAnchorFile, removeAnchorFile, writeAnchorFile } from './anchor-text.ts';
import { parseKeyText } from './key-text.ts';
import { createPrivateFile, readPrivateFile, removePrivateFile } from './private-file.ts';
import type { Protector, WrappedKey } from './protector.ts';
import { unwrapVaultKey, wrapVaultKey } from './wrapping.ts';

export interface KeyFileOptions {
  /** Where `wrap` puts the key. */
  readonly path: string;
  readonly randomBytes: RandomBytes;
  /** The key to use instead of a random one. */
  readonly newKey?: string;
  /** The wrapped key in use, when re-keying: its file is neither adopted nor overwritten. */
  readonly current?: WrappedKey;
}

/**
 * Keeps the protector's key in a file (0600 in a 0700 folder). A key file that is already at the path is adopted, which
 * is how an operator brings their own; anything there that is not a key is an error and stays as it is.
 */
export function keyFileProtector(options: KeyFileOptions): Protector {
  const { randomBytes } = options;
  const newKeyText = (): string => {
    if (options.newKey === undefined) return toBase64(randomBytes(32));
    const key = parseKeyText(options.newKey);
    if (key === null) throw new AivaultError('invalid_request', 'A key is 32 bytes as base64, or 64 hex digits.');
    return toBase64(key);
  };
  /** Where a key that must be new may go: the plain name, and else the same with a random end. */
  const newPlaces = (): string[] => {
    const extension = extname(options.path);
    const stem = basename(options.path, extension).replace(/-[0-9a-f]{8}$/, '');
    const named = (end: string): string => join(dirname(options.path), `${stem}${end}${extension}`);
    return [named(''), named(`-${toHex(randomBytes(4))}`)];
  };
  const place = (): string => {
    const text = newKeyText();
    if (createPrivateFile(options.path, text)) return options.path;
    const mustBeNew = options.newKey !== undefined || options.current?.parameters.path === options.path;
    if (!mustBeNew) return options.path;
    const free = newPlaces().find((path) => createPrivateFile(path, text));
    if (free === undefined) throw new AivaultError('already_exists', 'No free name for a key file was found.');
    return free;
  };
  return {
    provider: 'file',
    needsPerson: false,
    wrap: async (vaultKey) => {
      const path = place();
      const key = readKey(path);
      if (key === null) throw new AivaultError('storage_unavailable', `The key file ${path} vanished.`);
      const wrapped = wrapVaultKey(key, vaultKey, { provider: 'file', parameters: { path } });
      wipe(key);
      return wrapped;
    },
    unwrap: async (wrapped) => {
      const path = pathOf(wrapped);
      const key = readKey(path);
      if (key === null) {
        throw new AivaultError('vault_locked', `The key file ${path} is not there.`, {
          hint: 'Put the key file back. A new one cannot open this vault and is never made.',
        });
      }
      try {
        return unwrapVaultKey(key, wrapped);
      } catch (cause) {
        throw new AivaultError('integrity_error', `The key file ${path} does not open this vault.`, {
          cause,
          hint: 'Put the key file of this vault back. Without it only a backup helps.',
        });
      } finally {
        wipe(key);
      }
    },
    discard: async (wrapped) => {
      removePrivateFile(pathOf(wrapped));
      removeAnchorFile(anchorPath(wrapped));
    },
    readAnchor: async (wrapped) => readAnchorFile(anchorPath(wrapped)),
    writeAnchor: async (wrapped, anchor) => writeAnchorFile(anchorPath(wrapped), anchor),
  };
}

function readKey(path: string): Uint8Array | null {
  const text = readPrivateFile(path);
  if (text === null) return null;
  const key = parseKeyText(text);
  if (key !== null) return key;
  throw new AivaultError('integrity_error', `The key file ${path} does not hold a key; it is left as it is.`, {
    hint: 'A key file holds 32 bytes as base64, or 64 hex digits. Put the right one back, or choose another path.',
  });
}

function pathOf(wrapped: WrappedKey): string {
  const { path } = wrapped.parameters;
  if (typeof path !== 'string' || Object.keys(wrapped.parameters).length !== 1) {
    throw new AivaultError('integrity_error', 'The key file settings in the vault header are not acceptable.');
  }
  return path;
}

function anchorPath(wrapped: WrappedKey): string {
  return `${pathOf(wrapped)}.anchor`;
}
