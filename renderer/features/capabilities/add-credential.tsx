import { useState } from 'react';
import type { Input } from '#contract/call.ts';
import { useAct, useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { scopeWords } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

type Place = 'registry' | 'bearer' | 'header' | 'query';
type AuthInput = NonNullable<Input<'credentials.create'>['auth']>;

function authOf(place: Place, name: string): AuthInput | undefined {
  if (place === 'bearer') return { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' };
  if (place === 'header') return { kind: 'header', name, template: '{{secret}}' };
  if (place === 'query') return { kind: 'query', name, template: '{{secret}}' };
  return undefined;
}

/** The simple kinds by form; the rest (OAuth, SigV4, HMAC, mTLS …) by `aivault credential create`. */
export function AddCredential({ secretId }: { readonly secretId: string }) {
  const secrets = useAsk('secrets.list', {}).value?.secrets ?? [];
  const providers = useAsk('providers.list', {}).value?.providers ?? [];
  const [secret, setSecret] = useState(secretId);
  const [id, setId] = useState('');
  const [provider, setProvider] = useState('');
  const [host, setHost] = useState('');
  const [place, setPlace] = useState<Place>('bearer');
  const [name, setName] = useState('x-api-key');
  const create = useAct('credentials.create');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  const known = providers.find((one) => one.provider === provider);
  const named = place === 'header' || place === 'query';
  const complete =
    secret !== '' && id !== '' && provider !== '' && (known !== undefined || host !== '') && (!named || name !== '');

  const save = async () => {
    const auth = known === undefined ? authOf(place, name) : undefined;
    const made = await create.run({
      id,
      provider,
      secretRef: `vault:secret:${secret}`,
      hosts: host === '' ? [] : [host],
      ...(auth === undefined ? {} : { auth }),
    });
    if (made === undefined) return;
    open(null);
    say(`Credential ${made.id} created. It is sent to ${made.hosts.join(', ')} only.`);
  };

  return (
    <Dialog title="New credential" wide onClose={() => open(null)}>
      <DialogForm
        submit="Create credential"
        ready={complete}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <div className="pair">
          <SelectField
            label="Secret"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
            note="Its value is never shown, only used."
          >
            <option value="">Choose one</option>
            {secrets.map((one) => (
              <option key={one.secretId} value={one.secretId}>
                {one.scope === 'global' ? one.name : `${one.name} (${scopeWords(one.scope)})`}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Id"
            data-first={secretId !== '' || undefined}
            mono
            placeholder="billing"
            value={id}
            maxLength={64}
            note="Also its address: /v/<id>/…"
            onChange={(event) => setId(event.target.value)}
          />
        </div>
        <div className="pair">
          <TextField
            label="Provider"
            mono
            placeholder="billing"
            value={provider}
            maxLength={64}
            note={
              known === undefined
                ? 'A name of your own, or a known one.'
                : `${known.name}: the registry says how its key is sent.`
            }
            onChange={(event) => setProvider(event.target.value)}
          />
          <TextField
            label="Host"
            mono
            placeholder={known?.hosts[0] ?? 'api.billing.example'}
            value={host}
            maxLength={260}
            note="The only place the key may ever go."
            onChange={(event) => setHost(event.target.value)}
          />
        </div>
        {known === undefined ? (
          <div className="pair">
            <SelectField
              label="The key goes in"
              value={place}
              onChange={(event) => setPlace(event.target.value as Place)}
            >
              <option value="bearer">authorization: Bearer …</option>
              <option value="header">a header of its own</option>
              <option value="query">a query parameter</option>
            </SelectField>
            {named ? (
              <TextField
                label={place === 'header' ? 'Header' : 'Parameter'}
                mono
                value={name}
                maxLength={128}
                onChange={(event) => setName(event.target.value)}
              />
            ) : (
              <span />
            )}
          </div>
        ) : null}
        <p className="muted small">
          OAuth, AWS signatures, HMAC, client certificates and templates: <code>aivault credential create --help</code>
        </p>
      </DialogForm>
    </Dialog>
  );
}
