import { useRef, useState } from 'react';
import { useAct } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { PassphraseInput } from '../../ui/passphrase-input.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { useView } from '../../view-state.ts';

export function RestoreBackup() {
  const [path, setPath] = useState('');
  const [filled, setFilled] = useState(false);
  const phrase = useRef<HTMLInputElement>(null);
  const restore = useAct('backup.restore');
  const slow = useSlow(restore.busy);
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  return (
    <Dialog title="Restore a backup" onClose={() => open(null)}>
      <DialogForm
        submit={slow ? 'Restoring…' : 'Restore'}
        ready={path !== '' && filled}
        busy={restore.busy}
        error={restore.error}
        onSubmit={() => {
          void restore.run({ path, passphrase: phrase.current?.value ?? '' }).then((done) => {
            if (done === undefined) return;
            open(null);
            say('Restored.');
          });
        }}
        onClose={() => open(null)}
      >
        <p className="muted">
          A backup goes into an empty vault folder. Where a vault exists the host refuses and changes nothing.
        </p>
        <TextField
          label="File"
          mono
          value={path}
          maxLength={4096}
          note="On the machine the host runs on."
          onChange={(event) => setPath(event.target.value)}
        />
        <Field label="Passphrase of this file">
          {(control) => (
            <PassphraseInput
              {...control}
              ref={phrase}
              onInput={(event) => setFilled(event.currentTarget.value !== '')}
            />
          )}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
