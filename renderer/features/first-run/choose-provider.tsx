import { useRef, useState } from 'react';
import type { KeyProvider, KeyProviderChoice } from '#contract/schemas/vault.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { onMac } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { NewPassphrase, type NewPassphraseHandle } from '../settings/new-passphrase.tsx';

type Offered = Exclude<KeyProvider, 'env'>;

const choices: readonly {
  readonly provider: Offered;
  readonly title: string;
  readonly text: string;
  readonly price: string;
}[] = [
  {
    provider: 'keychain',
    title: 'The system keychain',
    text: 'Opens with your login. Nothing to remember.',
    price: 'Any program you run could ask the vault to act while you are logged in.',
  },
  {
    provider: 'passphrase',
    title: 'A passphrase',
    text: 'You unlock the vault after each start and after idle time.',
    price: 'Forget it, and the vault cannot be opened by anybody. The safest choice.',
  },
  {
    provider: 'file',
    title: 'A key file',
    text: 'For servers and machines without a keychain. Opens by itself.',
    price: 'Whoever can read your files can read the key.',
  },
];

export function ChooseProvider() {
  const [provider, setProvider] = useState<Offered>(onMac ? 'keychain' : 'passphrase');
  const [phraseReady, setPhraseReady] = useState(false);
  const phrase = useRef<NewPassphraseHandle>(null);
  const init = useAct('vault.init');
  const open = useView((view) => view.open);
  const ready = provider !== 'passphrase' || phraseReady;

  const create = async () => {
    const passphrase = phrase.current?.value() ?? '';
    const choice: KeyProviderChoice =
      provider === 'passphrase'
        ? { provider, passphrase }
        : provider === 'file'
          ? { provider }
          : { provider, service: 'aivault' };
    await init.run({ choice });
  };

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void create();
      }}
    >
      <p className="muted">Your keys are stored encrypted on this machine. What should open the vault?</p>
      <fieldset className="cards">
        <legend className="unseen">What opens the vault</legend>
        {choices.map((one) => (
          <label key={one.provider} className="card">
            <input
              type="radio"
              name="provider"
              checked={provider === one.provider}
              onChange={() => setProvider(one.provider)}
            />
            <span>
              <span className="strong block">{one.title}</span>
              <span className="block">{one.text}</span>
              <span className="muted small block">{one.price}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="phrase-space">
        {provider === 'passphrase' ? <NewPassphrase handle={phrase} onReady={setPhraseReady} /> : null}
      </div>
      <Problem error={init.error} />
      <footer className="dialog-actions">
        <Button tone="quiet" onClick={() => open({ kind: 'restore' })}>
          Restore a backup instead
        </Button>
        <Button type="submit" tone="main" busy={init.busy} disabled={!ready}>
          Create vault
        </Button>
      </footer>
    </form>
  );
}
