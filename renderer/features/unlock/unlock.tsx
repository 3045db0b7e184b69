import { useRef, useState } from 'react';
import type { KeyProvider, VaultStatus } from '#contract/schemas/vault.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Mark } from '../../ui/mark.tsx';
import { PassphraseInput } from '../../ui/passphrase-input.tsx';
import { Problem } from '../../ui/problem.tsx';

/** What opens this vault, where no passphrase does. */
const opener: Record<Exclude<KeyProvider, 'passphrase'>, string> = {
  keychain: 'Its key is in the system keychain.',
  file: 'Its key is in a file on this machine.',
  env: 'Its key comes from the environment of the host.',
};

export function Unlock({ status }: { readonly status: VaultStatus }) {
  const unlock = useAct('vault.unlock');
  const box = useRef<HTMLInputElement>(null);
  const [filled, setFilled] = useState(false);
  const asksPassphrase = status.keyProvider === 'passphrase';
  const rolledBack = status.state === 'rolled_back';
  const error = unlock.error ?? status.trouble ?? undefined;
  // What stands in the way of a key that nobody types is said with what mends it.
  const next = asksPassphrase ? 'Type it again.' : error?.hint;

  const submit = async (acceptRollback: boolean) => {
    const passphrase = box.current?.value ?? '';
    const opened = await unlock.run({ acceptRollback, ...(asksPassphrase ? { passphrase } : {}) });
    if (opened === undefined) box.current?.select();
    else if (box.current !== null) box.current.value = '';
  };

  return (
    <main className="small-card">
      <Mark size={52} />
      <h1 className="card-title">{rolledBack ? 'This vault is older than it was' : 'Vault is locked'}</h1>
      <p className="muted">
        {rolledBack ? (
          'The database is an earlier copy of the one last used here. If you restored it yourself, accept it; the audit log will say so.'
        ) : (
          <>
            Tools get <code className="chip">vault_locked</code> until then.
          </>
        )}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(false);
        }}
      >
        {asksPassphrase ? (
          <Field label="Passphrase">
            {(control) => (
              <PassphraseInput
                {...control}
                ref={box}
                className="tall"
                autoFocus
                onInput={(event) => setFilled(event.currentTarget.value !== '')}
              />
            )}
          </Field>
        ) : (
          <p className="muted opener">
            {status.keyProvider === null ? '' : opener[status.keyProvider as Exclude<KeyProvider, 'passphrase'>]}
          </p>
        )}
        <Button type="submit" tone="main" className="tall" busy={unlock.busy} disabled={asksPassphrase && !filled}>
          {unlock.busy ? 'Unlocking…' : 'Unlock'}
        </Button>
        {rolledBack ? (
          <Button tone="bad" className="tall" busy={unlock.busy} onClick={() => void submit(true)}>
            Accept the older copy
          </Button>
        ) : null}
      </form>
      <Problem error={error} next={error?.error === 'vault_locked' ? next : undefined} />
    </main>
  );
}
