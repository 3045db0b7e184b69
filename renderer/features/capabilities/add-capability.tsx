import { useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { CheckSet, SelectField, TextField } from '../../ui/field.tsx';
import { LinesField, linesIn } from '../../ui/lines-field.tsx';
import { useView } from '../../view-state.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

export function AddCapability() {
  const credentials = useAsk('credentials.list', {}).value?.credentials ?? [];
  const [id, setId] = useState('');
  const [credential, setCredential] = useState('');
  const [chosen, setChosen] = useState<readonly (typeof methods)[number][]>(['GET']);
  const [paths, setPaths] = useState('');
  const [exclude, setExclude] = useState('');
  const create = useAct('capabilities.create');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const complete =
    /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9._-]*$/.test(id) && chosen.length > 0 && linesIn(paths).length > 0;

  const save = async () => {
    const made = await create.run({
      id,
      methods: [...chosen],
      paths: linesIn(paths),
      exclude: linesIn(exclude),
      ...(credential === '' ? {} : { credential }),
    });
    if (made === undefined) return;
    open(null);
    go('capabilities', made.id);
  };

  return (
    <Dialog title="New capability" wide onClose={() => open(null)}>
      <DialogForm
        submit="Create capability"
        ready={complete}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <div className="pair">
          <TextField
            label="Id"
            mono
            placeholder="billing/invoices"
            value={id}
            maxLength={129}
            note="provider/name, in lower case."
            onChange={(event) => setId(event.target.value)}
          />
          <SelectField
            label="Credential"
            value={credential}
            onChange={(event) => setCredential(event.target.value)}
            note="Which key it uses, and where it goes."
          >
            <option value="">Any of its provider</option>
            {credentials.map((one) => (
              <option key={one.id} value={one.id}>
                {one.id}
              </option>
            ))}
          </SelectField>
        </div>
        <CheckSet legend="Methods" options={methods} chosen={chosen} onChange={setChosen} />
        <LinesField
          label="Paths"
          note="One a line. {id} stands for one segment, a closing /** for any number."
          rows={3}
          placeholder="/v1/invoices/{id}"
          value={paths}
          onChange={setPaths}
        />
        <LinesField
          label="But not"
          note="Paths inside those above that stay refused, with all below them."
          rows={2}
          value={exclude}
          onChange={setExclude}
        />
      </DialogForm>
    </Dialog>
  );
}
