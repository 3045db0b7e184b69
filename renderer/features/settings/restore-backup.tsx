import { useRef, useState } from 'react';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
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
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (path === '' || !filled) return;
          void restore.run({ path, passphrase: phrase.current?.value ?? '' }).then((done) => {
            if (done === undefined) return;
            open(null);
            say('Restored.');
          });
        }}
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
            <input
              {...control}
              ref={phrase}
              type="password"
              className="input"
              autoComplete="off"
              spellCheck={false}
              maxLength={1024}
              onInput={(event) => setFilled(event.currentTarget.value !== '')}
            />
          )}
        </Field>
        <Problem error={restore.error} />
        <DialogActions>
          <Button tone="quiet" onClick={() => open(null)}>
            Cancel
          </Button>
          <Button type="submit" tone="main" busy={restore.busy} disabled={path === '' || !filled}>
            {slow ? 'Restoring…' : 'Restore'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
