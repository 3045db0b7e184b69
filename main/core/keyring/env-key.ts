import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';
import { wipe } from '../crypto/bytes.ts';
import { anchorFile, readAnchorFile, removeAnchorFile, writeAnchorFile } from './anchor-text.ts';
import { parseKeyText } from './key-text.ts';
import type { Protector, WrappedKey } from './protector.ts';
import { unwrapVaultKey, wrapVaultKey } from './wrapping.ts';

export interface EnvKeyOptions {
  readonly variable: string;
  readonly environment: Environment;
  readonly stateFolder: string;
  /** The key the variable will hold from now on: re-keying cannot change our own environment. */
  readonly newKey?: string;
}

/** The protector's key comes from whoever starts the host, in an environment variable. Nothing is stored by us. */
export function envKeyProtector(options: EnvKeyOptions): Protector {
  const read = (variable: string): Uint8Array => {
    const text = options.environment[variable];
    if (text === undefined || text.trim() === '') {
      throw new AivaultError('vault_locked', `The variable ${variable} is not set.`, {
        hint: `Start the host with ${variable} holding the key: 32 bytes as base64, or 64 hex digits. One that runs: set it, then \`aivault restart\`.`,
      });
    }
    const key = parseKeyText(text);
    if (key !== null) return key;
    throw new AivaultError('integrity_error', `The variable ${variable} does not hold a key.`, {
      hint: 'A key is 32 bytes as base64, or 64 hex digits.',
    });
  };
  const anchorPath = (wrapped: WrappedKey): string => anchorFile(options.stateFolder, wrapped);
  return {
    provider: 'env',
    needsPerson: false,
    wrap: async (vaultKey) => {
      const { variable, newKey } = options;
      const key = newKey === undefined ? read(variable) : parseKeyText(newKey);
      if (key === null) throw new AivaultError('invalid_request', 'A key is 32 bytes as base64, or 64 hex digits.');
      const wrapped = wrapVaultKey(key, vaultKey, { provider: 'env', parameters: { variable } });
      wipe(key);
      return wrapped;
    },
    unwrap: async (wrapped) => {
      const variable = variableOf(wrapped);
      const key = read(variable);
      try {
        return unwrapVaultKey(key, wrapped);
      } catch (cause) {
        throw new AivaultError('integrity_error', `The key in ${variable} does not open this vault.`, {
          cause,
          hint: `Start the host again with the right key in ${variable}.`,
        });
      } finally {
        wipe(key);
      }
    },
    discard: async (wrapped) => removeAnchorFile(anchorPath(wrapped)),
    readAnchor: async (wrapped) => readAnchorFile(anchorPath(wrapped)),
    writeAnchor: async (wrapped, anchor) => writeAnchorFile(anchorPath(wrapped), anchor),
  };
}

function variableOf(wrapped: WrappedKey): string {
  const { variable } = wrapped.parameters;
  if (typeof variable !== 'string' || Object.keys(wrapped.parameters).length !== 1) {
    throw new AivaultError('integrity_error', 'The key variable in the vault header is not acceptable.');
  }
  return variable;
}
