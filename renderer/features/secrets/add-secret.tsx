import { useId, useMemo, useRef, useState } from 'react';
import type { Scope } from '#contract/schemas/scope.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { SecretField, type SecretInput } from '../../ui/secret-field.tsx';
import { useView } from '../../view-state.ts';
import { judge, knownNames } from './looks-like.ts';
import { ScopeField } from './scope-field.tsx';

export function AddSecret({ name: givenName }: { readonly name: string }) {
  const providers = useAsk('providers.list', {}).value?.providers;
  const names = useMemo(() => knownNames(providers ?? []), [providers]);
  const [name, setName] = useState(givenName);
  const [scope, setScope] = useState<Scope | null>('global');
  const [filled, setFilled] = useState(false);
  const value = useRef<SecretInput>(null);
  const create = useAct('secrets.create');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const say = useView((view) => view.say);
  const suggestions = useId();
  const known = names.get(name.trim());
  const complete = name.trim() !== '' && filled && scope !== null;

  const save = async () => {
    if (!complete || value.current === null) return;
    const stored = await create.run({ name, value: value.current.value(), scope });
    if (stored === undefined) return;
    value.current?.clear();
    open(null);
    go('secrets', stored.secret.secretId);
    for (const notice of stored.notices) say(notice.text);
  };

  return (
    <Dialog title="Add secret" onClose={() => open(null)}>
      <DialogForm
        submit="Add secret"
        ready={complete}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <TextField
          label="Name"
          mono
          list={suggestions}
          value={name}
          maxLength={120}
          placeholder="OPENAI_API_KEY"
          onChange={(event) => setName(event.target.value)}
          noteTone={known === undefined ? 'plain' : 'good'}
          note={
            name.trim() === ''
              ? 'The name its provider uses sets everything up.'
              : known === undefined
                ? 'No provider claims this name: you choose where it may go.'
                : `${known.provider.name}. It will only ever be sent to ${known.provider.hosts[0]}.`
          }
        />
        <datalist id={suggestions}>
          {[...names].map(([known, { provider }]) => (
            <option key={known} value={known}>
              {provider.name}
            </option>
          ))}
        </datalist>
        <SecretField
          label={known?.label ?? 'Value'}
          handle={value}
          autoFocus={givenName !== ''}
          onFilled={setFilled}
          onSubmit={() => void save()}
          judge={(text) => judge(known, text)}
          note={
            known === undefined ? (
              'Write-only: nobody can read it back, you included.'
            ) : (
              <>
                Write-only. Get one at <code>{known.provider.keysUrl.replace('https://', '')}</code>
              </>
            )
          }
        />
        {known === undefined || known.provider.oauth?.secret !== name.trim() ? null : (
          <p className="muted small">
            It holds the tokens of an account.{' '}
            <Button
              tone="quiet"
              className="inline"
              onClick={() => open({ kind: 'connect', provider: known.provider.provider })}
            >
              Connect the account instead
            </Button>
          </p>
        )}
        <ScopeField onChange={setScope} />
      </DialogForm>
    </Dialog>
  );
}
