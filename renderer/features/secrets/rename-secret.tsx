import { useState } from 'react';
import { useAct } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { useView } from '../../view-state.ts';
import { useSecretRow } from './use-secret-rows.ts';

export function RenameSecret({ secretId }: { readonly secretId: string }) {
  const row = useSecretRow(secretId);
  const [typed, setTyped] = useState<string | null>(null);
  const update = useAct('secrets.update');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  if (row === undefined) return null;
  const name = typed ?? row.secret.name;
  const changed = name.trim() !== '' && name.trim() !== row.secret.name;
  return (
    <Dialog title="Rename secret" onClose={() => open(null)}>
      <DialogForm
        submit="Rename"
        ready={changed}
        busy={update.busy}
        error={update.error}
        onSubmit={() => {
          void update.run({ secretId, name: name.trim() }).then((done) => {
            if (done === undefined) return;
            open(null);
            say(`Renamed to ${done.secret.name}.`);
          });
        }}
        onClose={() => open(null)}
      >
        <TextField
          label="Name"
          mono
          value={name}
          maxLength={120}
          onChange={(event) => setTyped(event.target.value)}
          note={
            row.secret.pinnedProvider === undefined
              ? 'Bindings and credentials follow: they know the secret by its id.'
              : `It stays pinned to ${row.providerName}, whatever its name. A name that another provider claims is refused.`
          }
        />
      </DialogForm>
    </Dialog>
  );
}
