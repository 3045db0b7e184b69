import { X } from 'lucide-react';
import { useState } from 'react';
import { useAct } from '../../query.ts';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { useView } from '../../view-state.ts';
import { useSecretRow } from './use-secret-rows.ts';

export function AliasesSecret({ secretId }: { readonly secretId: string }) {
  const row = useSecretRow(secretId);
  const [fresh, setFresh] = useState('');
  const update = useAct('secrets.update');
  const open = useView((view) => view.open);
  if (row === undefined) return null;
  const { aliases, name } = row.secret;
  const wanted = fresh.trim();
  return (
    <Dialog title={`Aliases of ${name}`} onClose={() => open(null)}>
      <DialogForm
        submit="Add alias"
        ready={wanted !== ''}
        busy={update.busy}
        error={update.error}
        onSubmit={() => {
          void update.run({ secretId, aliases: [...aliases, wanted] }).then((done) => {
            if (done !== undefined) setFresh('');
          });
        }}
        onClose={() => open(null)}
        leave="Done"
      >
        {aliases.length === 0 ? (
          <p className="muted">None yet. An alias is another name for the same secret, unique in its scope.</p>
        ) : (
          <ul className="lines">
            {aliases.map((alias) => (
              <li key={alias} className="row">
                <span className="mono grow wrap">{alias}</span>
                <IconButton
                  label={`Remove ${alias}`}
                  onClick={() => void update.run({ secretId, aliases: aliases.filter((one) => one !== alias) })}
                >
                  <X size={14} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <TextField
          label="New alias"
          mono
          value={fresh}
          maxLength={120}
          onChange={(event) => setFresh(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
