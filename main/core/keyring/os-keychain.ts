import { AivaultError } from '#contract/errors.ts';
import { toBase64, toHex, wipe } from '../crypto/bytes.ts';
import type { RandomBytes } from '../crypto/random.ts';
import { anchorText, parseAnchor } from './anchor-text.ts';
import { parseKeyText } from './key-text.ts';
import type { KeychainCalls } from './keychain-calls.ts';
import type { Protector, WrappedKey } from './protector.ts';
import { unwrapVaultKey, wrapVaultKey } from './wrapping.ts';

export interface OsKeychainOptions {
  readonly calls: KeychainCalls;
  /** For writing anchors; with a shorter deadline, so that a keychain that was locked meanwhile holds nobody up. */
  readonly anchorCalls?: KeychainCalls;
  readonly randomBytes: RandomBytes;
  readonly service: string;
  /** The first part of the account's name; a random suffix makes every wrap a new item. */
  readonly account: string;
}

/**
 * Keeps the protector's key in the system keychain, one item per wrap. The keychain gives the same answer, nothing, for
 * "locked" and for "no such item"; so nothing is never a reason to make a key, only to say that the vault is locked.
 */
export function osKeychainProtector(options: OsKeychainOptions): Protector {
  const { calls, randomBytes } = options;
  return {
    provider: 'keychain',
    needsPerson: false,
    wrap: async (vaultKey) => {
      const { service } = options;
      const account = `${options.account}-${toHex(randomBytes(6))}`;
      const key = randomBytes(32);
      try {
        const text = toBase64(key);
        await calls.write(service, account, text);
        if ((await calls.read(service, account)) !== text) {
          throw new AivaultError('vault_locked', 'The system keychain did not keep the key.', {
            hint: 'Unlock the login keychain, or choose another key provider.',
          });
        }
        return wrapVaultKey(key, vaultKey, { provider: 'keychain', parameters: { service, account } });
      } finally {
        wipe(key);
      }
    },
    unwrap: async (wrapped) => {
      const { service, account } = itemOf(wrapped);
      const text = await calls.read(service, account);
      if (text === null) {
        throw new AivaultError('vault_locked', `The system keychain gives no key for ${service}/${account}.`, {
          hint: 'Unlock the login keychain. If the item was deleted, restore it or a backup: a new key cannot open this vault.',
        });
      }
      const key = parseKeyText(text);
      try {
        if (key === null) throw new AivaultError('integrity_error', 'The keychain item does not hold a key.');
        return unwrapVaultKey(key, wrapped);
      } catch (cause) {
        throw new AivaultError('integrity_error', `The keychain item ${service}/${account} does not open this vault.`, {
          cause,
          hint: 'Put the item of this vault back. Without it only a backup helps.',
        });
      } finally {
        if (key !== null) wipe(key);
      }
    },
    discard: async (wrapped) => {
      const { service, account } = itemOf(wrapped);
      await calls.remove(service, account);
      await calls.remove(service, anchorAccount(account));
    },
    readAnchor: async (wrapped) => {
      const { service, account } = itemOf(wrapped);
      const text = await calls.read(service, anchorAccount(account));
      return text === null ? null : parseAnchor(text);
    },
    writeAnchor: async (wrapped, anchor) => {
      const { service, account } = itemOf(wrapped);
      await (options.anchorCalls ?? calls).write(service, anchorAccount(account), anchorText(anchor));
    },
  };
}

function anchorAccount(account: string): string {
  return `${account}.anchor`;
}

function itemOf(wrapped: WrappedKey): { service: string; account: string } {
  const { service, account } = wrapped.parameters;
  if (typeof service !== 'string' || typeof account !== 'string' || Object.keys(wrapped.parameters).length !== 2) {
    throw new AivaultError('integrity_error', 'The keychain settings in the vault header are not acceptable.');
  }
  return { service, account };
}
