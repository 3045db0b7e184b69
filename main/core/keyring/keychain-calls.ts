import { AivaultError } from '#contract/errors.ts';

// The operating system's keychain through keytar, loaded when first needed. Every call has a deadline: a locked
// keychain may show a prompt that nobody sees.

export interface KeychainCalls {
  read(service: string, account: string): Promise<string | null>;
  write(service: string, account: string, text: string): Promise<void>;
  remove(service: string, account: string): Promise<void>;
}

type Keytar = typeof import('keytar');

/**
 * The system's keychain, by keytar. A call that is not answered in time throws, since a locked keychain may wait for a
 * person for ever.
 */
export function keychainCalls(timeoutMs = 20_000): KeychainCalls {
  const ask = <R>(work: (keytar: Keytar) => Promise<R>): Promise<R> =>
    within(timeoutMs, async () => work(await loadKeytar()));
  return {
    read: (service, account) => ask((keytar) => keytar.getPassword(service, account)),
    write: (service, account, text) => ask((keytar) => keytar.setPassword(service, account, text)),
    remove: async (service, account) => {
      await ask((keytar) => keytar.deletePassword(service, account));
    },
  };
}

async function loadKeytar(): Promise<Keytar> {
  const loaded = (await import('keytar')) as Keytar & { default?: Keytar };
  return loaded.default ?? loaded;
}

async function within<R>(timeoutMs: number, work: () => Promise<R>): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable('The system keychain does not answer.')), timeoutMs);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (cause) {
    throw cause instanceof AivaultError ? cause : unavailable('The system keychain cannot be used.', cause);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(message: string, cause?: unknown): AivaultError {
  return new AivaultError('vault_locked', message, {
    cause,
    hint: 'Unlock the login keychain (on Linux: a Secret Service such as gnome-keyring must run), then try again.',
  });
}
