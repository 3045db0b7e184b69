import { useMemo, useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { CapabilityPicker } from './capability-picker.tsx';
import { proxyDurations } from './durations.ts';
import { ShownOnce } from './shown-once.tsx';

export function MintToken({ capability }: { readonly capability?: string | undefined }) {
  const capabilities = useAsk('capabilities.list', { ready: true }).value?.capabilities;
  const providers = useAsk('providers.list', {}).value?.providers;
  const baseUrl = useAsk('vault.status', {}).value?.endpoint?.baseUrl;
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(capability === undefined ? [] : [capability]));
  const [ttlMs, setTtlMs] = useState(60 * 60 * 1000);
  const [calls, setCalls] = useState('');
  const [workspaceId, setWorkspaceId] = useState('');
  const [groupId, setGroupId] = useState('');
  const [token, setToken] = useState<string | null>(null);
  const mint = useAct('tokens.mint');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const ready = useMemo(() => (capabilities ?? []).filter((one) => one.enabled), [capabilities]);
  const countable = /^([1-9]\d{0,8})?$/.test(calls);
  const complete = chosen.size > 0 && countable && (groupId === '' || workspaceId !== '');

  const lines = useMemo(() => {
    const base = baseUrl ?? 'http://127.0.0.1:19790';
    const used = [...new Set([...chosen].map((id) => id.split('/')[0] ?? ''))];
    const sdk = used.flatMap((provider) => {
      const hint = providers
        ?.find((one) => one.provider === provider)
        ?.sdk.find((one) => Object.keys(one.env).length > 0);
      const variable = Object.keys(hint?.env ?? {})[0];
      const key = providers?.find((one) => one.provider === provider)?.secrets[0]?.name;
      return hint === undefined || variable === undefined || key === undefined
        ? []
        : [`${key}=${token} ${variable}=${base}/v/${provider}${hint.basePath}`];
    });
    return [
      { label: 'For your shell', text: `export AIVAULT_BASE_URL=${base}\nexport AIVAULT_TOKEN=${token}` },
      ...(sdk.length === 0 ? [] : [{ label: 'For an official SDK, unchanged', text: sdk.join('\n') }]),
    ];
  }, [baseUrl, chosen, providers, token]);

  const save = async () => {
    const minted = await mint.run({
      capabilities: [...chosen],
      ttlMs,
      ...(calls === '' ? {} : { maxCalls: Number(calls) }),
      ...(name.trim() === '' ? {} : { name }),
      ...(workspaceId === '' ? {} : { workspaceId }),
      ...(groupId === '' ? {} : { groupId }),
    });
    if (minted === undefined) return;
    setToken(minted.token);
    go('access', minted.id);
  };

  return (
    <Dialog title={token === null ? 'Mint token' : 'Your token'} wide hold={token !== null} onClose={() => open(null)}>
      {token !== null ? (
        <ShownOnce
          token={token}
          lines={lines}
          onDone={() => {
            setToken(null);
            open(null);
          }}
        />
      ) : (
        <DialogForm
          submit={
            chosen.size === 0 ? 'Mint token' : `Mint token for ${countText(chosen.size, 'capability', 'capabilities')}`
          }
          ready={complete}
          busy={mint.busy}
          error={mint.error}
          onSubmit={() => void save()}
          onClose={() => open(null)}
        >
          <TextField
            label="Name"
            placeholder="claude in web-shop"
            value={name}
            maxLength={120}
            note="Whom it is for. It appears in the audit log."
            onChange={(event) => setName(event.target.value)}
          />
          <div className="pair">
            <SelectField
              label="Lives for"
              value={ttlMs}
              onChange={(event) => setTtlMs(Number(event.target.value))}
              note="30 days at most."
            >
              {proxyDurations.map(({ text, ms }) => (
                <option key={ms} value={ms}>
                  {text}
                </option>
              ))}
            </SelectField>
            <TextField
              label="Calls"
              inputMode="numeric"
              placeholder="any number"
              value={calls}
              maxLength={9}
              note={countable ? 'After so many it is refused.' : 'A whole number, or nothing.'}
              onChange={(event) => setCalls(event.target.value.trim())}
            />
          </div>
          <CapabilityPicker
            capabilities={ready}
            loading={capabilities === undefined}
            chosen={chosen}
            onChange={setChosen}
          />
          <div className="pair">
            <TextField
              label="Workspace"
              mono
              value={workspaceId}
              maxLength={64}
              note="Empty: global secrets only."
              onChange={(event) => setWorkspaceId(event.target.value.trim())}
            />
            <TextField
              label="Group"
              mono
              value={groupId}
              maxLength={64}
              note="Needs its workspace."
              onChange={(event) => setGroupId(event.target.value.trim())}
            />
          </div>
        </DialogForm>
      )}
    </Dialog>
  );
}
