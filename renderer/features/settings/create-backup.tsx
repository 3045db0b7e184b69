import { useRef, useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Check, TextField } from '../../ui/field.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { NewPassphrase, type NewPassphraseHandle } from './new-passphrase.tsx';

export function CreateBackup() {
  const [path, setPath] = useState('');
  const [includeAudit, setIncludeAudit] = useState(true);
  const [ready, setReady] = useState(false);
  const phrase = useRef<NewPassphraseHandle>(null);
  const create = useProvenAct('backup.create');
  const slow = useSlow(create.busy);
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);

  const save = async () => {
    const passphrase = phrase.current?.value() ?? null;
    if (passphrase === null) return;
    const done = await create.run({ path, passphrase, includeAudit });
    if (done === undefined) return;
    open(null);
    say(`${countText(done.secrets, 'secret')} backed up to ${done.path}.`);
  };

  return (
    <Dialog title="Back up" wide onClose={() => open(null)}>
      <DialogForm
        submit={slow ? 'Writing…' : 'Back up'}
        ready={ready && path !== ''}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <TextField
          label="File"
          mono
          placeholder="/media/usb/aivault-2026-11.backup"
          value={path}
          maxLength={4096}
          note="On the machine the host runs on. An existing file is never overwritten."
          onChange={(event) => setPath(event.target.value)}
        />
        <NewPassphrase handle={phrase} label="Passphrase of this file" onReady={setReady} />
        <Check
          label="With the audit log"
          checked={includeAudit}
          onChange={(event) => setIncludeAudit(event.target.checked)}
        />
        <PresenceField handle={create.presence} />
      </DialogForm>
    </Dialog>
  );
}
