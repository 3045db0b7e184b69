import { useRef, useState } from 'react';
import { useAct, useAnswers, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { PassphraseInput } from '../../ui/passphrase-input.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { useView } from '../../view-state.ts';

const command = 'aivault backup restore <file>';

/** Restores where it can be done from here: in the app's own window, into a folder without a vault. Else it says how. */
export function RestoreBackup() {
  const { client } = useAnswers();
  const status = useAsk('vault.status', {}).value;
  const open = useView((view) => view.open);
  const close = () => open(null);
  const inWindow = client.place === 'window';
  const vault = status?.state === 'missing' ? null : (status?.paths.vault ?? '');
  return (
    <Dialog title="Restore a backup" wide={!inWindow || vault !== null} onClose={close}>
      {inWindow && vault === null ? (
        <RestoreForm onClose={close} />
      ) : (
        <div className="stack">
          {vault === null ? (
            <p>A browser console creates a vault; a backup goes in from the terminal:</p>
          ) : (
            <p>
              A backup never overwrites a vault. {inWindow ? 'Quit aivault, move' : 'Stop the host, move'} this vault
              aside and {inWindow ? 'open aivault again: its first step offers the restore.' : 'restore:'}
            </p>
          )}
          <Snippet text={steps(vault, inWindow).join('\n')} label="command" />
          <DialogActions>
            <Button onClick={close}>Close</Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

/** The lines to type: none of them removes anything. */
function steps(vault: string | null, inWindow: boolean): readonly string[] {
  if (vault === null) return [command];
  const aside = `mv '${vault}' '${vault}.before'`;
  return inWindow ? [aside] : ['aivault shutdown', aside, command];
}

function RestoreForm({ onClose }: { readonly onClose: () => void }) {
  const [path, setPath] = useState('');
  const [filled, setFilled] = useState(false);
  const phrase = useRef<HTMLInputElement>(null);
  const restore = useAct('backup.restore');
  const slow = useSlow(restore.busy);
  const say = useView((view) => view.say);
  return (
    <DialogForm
      submit={slow ? 'Restoring…' : 'Restore'}
      ready={path !== '' && filled}
      busy={restore.busy}
      error={restore.error}
      onSubmit={() => {
        void restore.run({ path, passphrase: phrase.current?.value ?? '' }).then((done) => {
          if (done === undefined) return;
          onClose();
          say('Restored.');
        });
      }}
      onClose={onClose}
    >
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
          <PassphraseInput {...control} ref={phrase} onInput={(event) => setFilled(event.currentTarget.value !== '')} />
        )}
      </Field>
    </DialogForm>
  );
}
