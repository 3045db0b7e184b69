import { useRef, useState } from 'react';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Check, TextField } from '../../ui/field.tsx';
import { PresenceField, type PresenceInput } from '../../ui/presence-field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { NewPassphrase, type PassphraseInput } from './new-passphrase.tsx';

export function CreateBackup() {
  const [path, setPath] = useState('');
  const [includeAudit, setIncludeAudit] = useState(true);
  const [ready, setReady] = useState(false);
  const phrase = useRef<PassphraseInput>(null);
  const presence = useRef<PresenceInput>(null);
  const create = useAct('backup.create');
  const slow = useSlow(create.busy);
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);

  const save = async () => {
    const passphrase = phrase.current?.value() ?? null;
    if (passphrase === null) return;
    const done = await create.run({ path, passphrase, includeAudit }, presence.current?.passphrase());
    if (done === undefined) return;
    open(null);
    say(`${countText(done.secrets, 'secret')} backed up to ${done.path}.`);
  };

  return (
    <Dialog title="Back up" wide onClose={() => open(null)}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && path !== '') void save();
        }}
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
        <PresenceField handle={presence} />
        <Problem error={create.error} />
        <DialogActions>
          <Button tone="quiet" onClick={() => open(null)}>
            Cancel
          </Button>
          <Button type="submit" tone="main" busy={create.busy} disabled={!ready || path === ''}>
            {slow ? 'Writing…' : 'Back up'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
