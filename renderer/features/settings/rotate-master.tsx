import { useRef, useState } from 'react';
import type { KeyProvider, KeyProviderChoice } from '#contract/schemas/vault.ts';
import { useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField } from '../../ui/field.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { useView } from '../../view-state.ts';
import { NewPassphrase, type NewPassphraseHandle } from './new-passphrase.tsx';

type Way = 'same' | KeyProvider;

/** A fresh vault key under the same custody, or another custody for it. */
export function RotateMaster() {
  const current = useAsk('vault.status', {}).value?.keyProvider ?? null;
  const [way, setWay] = useState<Way>('same');
  const [phraseReady, setPhraseReady] = useState(false);
  const phrase = useRef<NewPassphraseHandle>(null);
  const rotate = useProvenAct('vault.rotateMaster');
  const slow = useSlow(rotate.busy);
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  const needsPhrase = way === 'passphrase';
  const ready = !needsPhrase || phraseReady;

  const save = async () => {
    const choice = choiceOf(way, phrase.current?.value() ?? null);
    if (choice === null) return;
    const done = await rotate.run(choice === 'same' ? {} : { choice });
    if (done === undefined) return;
    open(null);
    say('The vault has a new key. Every secret is sealed under it.');
  };

  return (
    <Dialog title="Rotate the master key" onClose={() => open(null)}>
      <DialogForm
        submit={slow ? 'Sealing anew…' : 'Rotate'}
        ready={ready}
        busy={rotate.busy}
        error={rotate.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <p className="muted">
          All secrets are sealed anew in one step. If it is interrupted, the vault opens with the old key or the new
          one, never with neither.
        </p>
        <SelectField
          label="From now on it is opened by"
          value={way}
          onChange={(event) => setWay(event.target.value as Way)}
        >
          <option value="same">the same as now, with a fresh key</option>
          <option value="passphrase">
            {current === 'passphrase' ? 'another passphrase' : 'a passphrase you type'}
          </option>
          {current === 'keychain' ? null : <option value="keychain">the system keychain</option>}
          {current === 'file' ? null : <option value="file">a key file on this machine</option>}
        </SelectField>
        {needsPhrase ? <NewPassphrase handle={phrase} label="New passphrase" onReady={setPhraseReady} /> : null}
        <PresenceField handle={rotate.presence} />
      </DialogForm>
    </Dialog>
  );
}

function choiceOf(way: Way, passphrase: string | null): KeyProviderChoice | 'same' | null {
  if (way === 'same') return 'same';
  if (way === 'passphrase') return passphrase === null ? null : { provider: 'passphrase', passphrase };
  if (way === 'keychain') return { provider: 'keychain', service: 'aivault' };
  if (way === 'file') return { provider: 'file' };
  return { provider: 'env', variable: 'AIVAULT_KEY' };
}
