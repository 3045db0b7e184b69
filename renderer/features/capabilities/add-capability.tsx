import { useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Check, Field, SelectField, TextField } from '../../ui/field.tsx';
import { useView } from '../../view-state.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export function AddCapability() {
  const credentials = useAsk('credentials.list', {}).value?.credentials ?? [];
  const [id, setId] = useState('');
  const [credential, setCredential] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(['GET']);
  const [paths, setPaths] = useState('');
  const [exclude, setExclude] = useState('');
  const create = useAct('capabilities.create');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const complete =
    /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9._-]*$/.test(id) && chosen.length > 0 && linesOf(paths).length > 0;

  const save = async () => {
    const made = await create.run({
      id,
      methods: [...chosen],
      paths: linesOf(paths),
      exclude: linesOf(exclude),
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
        <fieldset className="checks">
          <legend>Methods</legend>
          {methods.map((method) => (
            <Check
              key={method}
              label={method}
              checked={chosen.includes(method)}
              onChange={(event) =>
                setChosen(event.target.checked ? [...chosen, method] : chosen.filter((one) => one !== method))
              }
            />
          ))}
        </fieldset>
        <Field label="Paths" note="One a line. {id} stands for one segment, a closing /** for any number.">
          {(control) => (
            <textarea
              {...control}
              className="input mono"
              rows={3}
              spellCheck={false}
              placeholder="/v1/invoices/{id}"
              value={paths}
              onChange={(event) => setPaths(event.target.value)}
            />
          )}
        </Field>
        <Field label="But not" note="Paths inside those above that stay refused.">
          {(control) => (
            <textarea
              {...control}
              className="input mono"
              rows={2}
              spellCheck={false}
              value={exclude}
              onChange={(event) => setExclude(event.target.value)}
            />
          )}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
