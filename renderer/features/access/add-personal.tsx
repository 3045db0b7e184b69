import { useState } from 'react';
import { personalScopes } from '#contract/choices.ts';
import type { PersonalScope } from '#contract/schemas/tokens.ts';
import { useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { CheckSet, SelectField, TextField } from '../../ui/field.tsx';
import { LinesField, linesIn } from '../../ui/lines-field.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { useView } from '../../view-state.ts';
import { personalDurations } from './durations.ts';
import { ShownOnce } from './shown-once.tsx';

export function AddPersonal() {
  const baseUrl = useAsk('vault.status', {}).value?.endpoint?.baseUrl ?? 'http://127.0.0.1:19790';
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly PersonalScope[]>(['secrets:read']);
  const [paths, setPaths] = useState('');
  const [ttlMs, setTtlMs] = useState(90 * 24 * 60 * 60 * 1000);
  const [token, setToken] = useState<string | null>(null);
  const create = useProvenAct('tokens.createPersonal');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const complete = name.trim() !== '' && chosen.length > 0;

  const save = async () => {
    const made = await create.run({ name, scopes: [...chosen], paths: linesIn(paths), ttlMs });
    if (made === undefined) return;
    setToken(made.token);
    go('access', made.id);
  };

  return (
    <Dialog
      title={token === null ? 'New personal token' : 'Your personal token'}
      wide
      hold={token !== null}
      onClose={() => open(null)}
    >
      {token !== null ? (
        <ShownOnce
          token={token}
          lines={[{ label: 'Try it', text: `curl -H "authorization: Bearer ${token}" ${baseUrl}/v1/auth/whoami` }]}
          onDone={() => {
            setToken(null);
            open(null);
          }}
        />
      ) : (
        <DialogForm
          submit="Create"
          ready={complete}
          busy={create.busy}
          error={create.error}
          onSubmit={() => void save()}
          onClose={() => open(null)}
        >
          <div className="pair">
            <TextField
              label="Name"
              placeholder="deploy script"
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.target.value)}
              note="Whom it is for."
            />
            <SelectField label="Lives for" value={ttlMs} onChange={(event) => setTtlMs(Number(event.target.value))}>
              {personalDurations.map(({ text, ms }) => (
                <option key={ms} value={ms}>
                  {text}
                </option>
              ))}
            </SelectField>
          </div>
          <CheckSet legend="Scopes" options={personalScopes} chosen={chosen} onChange={setChosen} />
          <LinesField
            label="Paths"
            note="Globs, one a line: environments/dev/**. Empty: every path secret. Broker secrets are never among them."
            rows={2}
            value={paths}
            onChange={setPaths}
          />
          <PresenceField handle={create.presence} />
        </DialogForm>
      )}
    </Dialog>
  );
}
