import { useCallback, useMemo, useRef, useState } from 'react';
import type { Output } from '#contract/call.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { useAct, useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { SecretField, type SecretInput } from '../../ui/secret-field.tsx';
import { useView } from '../../view-state.ts';
import { AwaitConsent } from './await-consent.tsx';
import { ScopeField } from './scope-field.tsx';

interface ConnectAccountProps {
  /** Empty: it is chosen here. */
  readonly provider: string;
  /** Where the account that is connected once more lies; null for a new one. */
  readonly again: Scope | null;
}

/** An account by OAuth: your application's client, then consent in the browser, then its tokens are a secret. */
export function ConnectAccount({ provider: given, again }: ConnectAccountProps) {
  const listed = useAsk('providers.list', {}).value?.providers;
  const providers = useMemo(() => (listed ?? []).filter(({ oauth }) => oauth !== null), [listed]);
  const [chosen, setChosen] = useState(given);
  const [clientId, setClientId] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const [scope, setScope] = useState<Scope | null>(again ?? 'global');
  const [begun, setBegun] = useState<Output<'oauth.begin'> | null>(null);
  const clientSecret = useRef<SecretInput>(null);
  const begin = useAct('oauth.begin');
  const open = useView((view) => view.open);
  const provider = providers.find((one) => one.provider === chosen);
  const scopes = asked ?? provider?.oauth?.scopes.join(' ') ?? '';
  const complete = provider !== undefined && scope !== null && (again !== null || clientId.trim() !== '');

  const start = async () => {
    if (!complete || scope === null) return;
    const secret = clientSecret.current?.value().trim() ?? '';
    const words = scopes.split(/\s+/).filter((word) => word !== '');
    const answer = await begin.run({
      provider: chosen,
      ...(clientId.trim() === '' ? {} : { clientId: clientId.trim() }),
      ...(secret === '' ? {} : { clientSecret: secret }),
      ...(asked === null ? {} : { scopes: words }),
      scope,
    });
    if (answer === undefined) return;
    clientSecret.current?.clear();
    setBegun(answer);
  };
  const forget = useCallback(() => setBegun(null), []);

  if (begun !== null && provider !== undefined) {
    return <AwaitConsent begun={begun} providerName={provider.name} onAgain={forget} />;
  }
  return (
    <Dialog title={again === null ? 'Connect an account' : 'Connect the account again'} onClose={() => open(null)}>
      <DialogForm
        submit="Continue"
        ready={complete}
        busy={begin.busy}
        error={begin.error}
        onSubmit={() => void start()}
        onClose={() => open(null)}
      >
        <SelectField
          label="Provider"
          value={chosen}
          disabled={again !== null}
          onChange={(event) => {
            setChosen(event.target.value);
            setAsked(null);
          }}
          note={
            provider === undefined ? (
              'Providers whose accounts are connected by OAuth.'
            ) : (
              <>
                Register a desktop application at <code>{new URL(provider.keysUrl).host}</code>
              </>
            )
          }
        >
          <option value="">Choose one</option>
          {providers.map(({ provider: id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Client id"
          mono
          value={clientId}
          maxLength={256}
          data-first={given !== '' || undefined}
          note={again === null ? 'It names your application, and is no secret.' : 'Empty: the one that is stored.'}
          onChange={(event) => setClientId(event.target.value)}
        />
        <SecretField
          label="Client secret"
          handle={clientSecret}
          onSubmit={() => void start()}
          note={again === null ? 'Leave it empty for an application without one.' : 'Empty: the one that is stored.'}
        />
        <TextField
          label="Asks for"
          mono
          value={scopes}
          maxLength={4096}
          note="OAuth scopes, with a space between them."
          onChange={(event) => setAsked(event.target.value)}
        />
        {again === null ? <ScopeField onChange={setScope} /> : null}
      </DialogForm>
    </Dialog>
  );
}
