import type { VaultStatus } from '#contract/schemas/vault.ts';
import { readChoice } from '../key-provider-flags.ts';
import { withProgress } from '../progress.ts';
import { isGiven, readNewPassphrase, readSecret } from '../secret-input.ts';
import { invalid, type PresenceSource, type Session } from '../session.ts';

type NewOptions = 'new-passphrase' | 'new-passphrase-file' | 'new-key' | 'new-key-file';
type NewFlags = 'new-passphrase-stdin' | 'new-key-stdin' | 'new-key-prompt' | 'passphrase-stdin';
type Values = Parameters<typeof readChoice>[1] & { readonly provider: string | undefined } & {
  readonly [K in NewOptions]: string | undefined;
} & { readonly [K in NewFlags]: boolean };

const waysOf = (values: Values, name: 'new-passphrase' | 'new-key') => ({
  name,
  text: values[name],
  file: values[`${name}-file`],
  stdin: values[`${name}-stdin`],
});

/** Works out what is to change from the flags and what the vault is now, asks for what is missing, and asks the host. */
export async function rotateMaster(session: Session, values: Values, presence: PresenceSource): Promise<VaultStatus> {
  const passphrase = waysOf(values, 'new-passphrase');
  const key = waysOf(values, 'new-key');
  const asksKey = values['new-key-prompt'];
  if (asksKey && isGiven(key)) throw invalid('Give --new-key-prompt or a new key, not both.');
  const hasKey = asksKey || isGiven(key);
  if (isGiven(passphrase) && hasKey) throw invalid('Give a new passphrase or a new key, not both.');
  const readers = [passphrase.stdin, key.stdin, values['passphrase-stdin']].filter(Boolean).length;
  if (readers > 1) throw invalid('Only one of them can be read from stdin.');
  const newPassphrase = () => readNewPassphrase(session, passphrase, 'New passphrase');
  const provider = isGiven(passphrase) ? (values.provider ?? 'passphrase') : values.provider;
  if (isGiven(passphrase) && provider !== 'passphrase')
    throw invalid('--new-passphrase belongs to --provider passphrase.');
  let choice: Awaited<ReturnType<typeof readChoice>> | undefined;
  if (provider !== undefined) choice = await readChoice(provider, values, newPassphrase);
  else if (!hasKey) {
    const status = await session.ask('vault.status', {});
    if (status.keyProvider === 'passphrase') choice = await readChoice('passphrase', values, newPassphrase);
  }
  const newKey = hasKey ? await readSecret(session, key, 'New key') : undefined;
  const input = { ...(choice === undefined ? {} : { choice }), ...(newKey === undefined ? {} : { newKey }) };
  return withProgress(session, 'Rotating the master key', () => session.ask('vault.rotateMaster', input, presence));
}
