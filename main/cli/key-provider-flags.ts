import path from 'node:path';
import type { KeyProvider, KeyProviderChoice } from '#contract/schemas/vault.ts';
import { text } from './command.ts';
import { invalid } from './session.ts';

// --provider and the flags that go with each key provider, for init and rotate-master.

export const providerNames: Readonly<Record<KeyProvider, string>> = {
  keychain: 'System keychain',
  passphrase: 'Passphrase',
  env: 'Environment variable',
  file: 'Key file',
};
export const keyProviderChoices = ['keychain', 'macos-keychain', 'passphrase', 'file', 'env'] as const;

export const keyProviderOptions = {
  'env-var': text('NAME', 'Provider env: the variable that holds the key (default: AIVAULT_KEY).'),
  'file-path': text('FILE', 'Provider file: where the key is kept (default: outside the vault folder).', {
    complete: 'file',
  }),
  'keychain-service': text('NAME', 'Provider keychain: the service of its item (default: aivault).'),
  'keychain-account': text('NAME', 'Provider keychain: the account of its item.'),
} as const;

interface KeyProviderValues {
  readonly 'env-var': string | undefined;
  readonly 'file-path': string | undefined;
  readonly 'keychain-service': string | undefined;
  readonly 'keychain-account': string | undefined;
}

/** The choice the flags describe. A flag of another provider is refused: it would silently mean nothing. */
export async function readChoice(
  provider: string,
  values: KeyProviderValues,
  passphrase: () => Promise<string>,
): Promise<KeyProviderChoice> {
  const name = provider === 'macos-keychain' ? 'keychain' : provider;
  const owners = {
    'env-var': 'env',
    'file-path': 'file',
    'keychain-service': 'keychain',
    'keychain-account': 'keychain',
  } as const;
  for (const [option, owner] of Object.entries(owners)) {
    if (values[option as keyof typeof owners] !== undefined && owner !== name) {
      throw invalid(`--${option} belongs to --provider ${owner}.`);
    }
  }
  const { 'env-var': variable, 'file-path': file, 'keychain-service': service, 'keychain-account': account } = values;
  switch (name) {
    case 'passphrase':
      return { provider: 'passphrase', passphrase: await passphrase() };
    case 'env':
      return { provider: 'env', variable: variable ?? 'AIVAULT_KEY' };
    case 'keychain':
      return { provider: 'keychain', service: service ?? 'aivault', ...(account === undefined ? {} : { account }) };
    default:
      return { provider: 'file', ...(file === undefined ? {} : { path: path.resolve(file) }) };
  }
}
