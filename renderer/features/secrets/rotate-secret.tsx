import { useMemo, useRef, useState } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SecretField, type SecretInput } from '../../ui/secret-field.tsx';
import { agoText, fingerprintText, tookText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { judge, knownNames } from './looks-like.ts';
import { useSecretRow } from './use-secret-rows.ts';

/** A GET of these only looks, also in a capability that can write: many list their models or name the key's owner. */
const looks = /\/(?:models|me|user|account|whoami|self|verify)$/;

/** A read that needs nothing filled in: harmless to send, and it fails where the key is wrong. */
function probeOf(capabilities: readonly CapabilitySummary[]): { capability: string; path: string } | null {
  const usable = capabilities.filter((one) => one.ready && one.enabled && one.methods.includes('GET'));
  for (const { id, effect, paths } of usable.toSorted(
    (a, b) => Number(b.effect === 'read') - Number(a.effect === 'read'),
  )) {
    const path = paths.find((pattern) => !/[{*]/.test(pattern) && (effect === 'read' || looks.test(pattern)));
    if (path !== undefined) return { capability: id, path };
  }
  return null;
}

export function RotateSecret({ secretId }: { readonly secretId: string }) {
  const row = useSecretRow(secretId);
  const providers = useAsk('providers.list', {}).value?.providers;
  const known = useMemo(() => knownNames(providers ?? []).get(row?.secret.name ?? ''), [providers, row?.secret.name]);
  const value = useRef<SecretInput>(null);
  const [filled, setFilled] = useState(false);
  const [before, setBefore] = useState<string | null>(null);
  const rotate = useAct('secrets.rotate');
  const open = useView((view) => view.open);
  if (row === undefined) return null;
  const { secret } = row;

  const save = async () => {
    if (!filled || value.current === null) return;
    const old = secret.fingerprint;
    const done = await rotate.run({ secretId, value: value.current.value() });
    if (done === undefined) return;
    value.current?.clear();
    setBefore(old);
  };

  return (
    <Dialog title={`Rotate ${secret.name}`} onClose={() => open(null)}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="old-new">
          <p className="old-new-side">
            <span className="muted">Old</span> version {before === null ? secret.valueVersion : secret.valueVersion - 1}
            <span className="mono muted">{fingerprintText(before ?? secret.fingerprint, 8)}</span>
          </p>
          <p className="old-new-side">
            <span className="muted">New</span> version {before === null ? secret.valueVersion + 1 : secret.valueVersion}
            <span className="mono muted">{before === null ? '–' : fingerprintText(secret.fingerprint, 8)}</span>
          </p>
        </div>
        {before === null ? (
          <SecretField
            label="New value"
            handle={value}
            autoFocus
            onFilled={setFilled}
            onSubmit={() => void save()}
            judge={(text) => judge(known, text)}
            note={`The old value, from ${agoText(secret.updatedAtMs, Date.now())}, is discarded at once. Running calls finish with it.`}
          />
        ) : (
          <Probe provider={secret.pinnedProvider} same={before === secret.fingerprint} />
        )}
        <Problem error={rotate.error} />
        <DialogActions>
          <Button tone={before === null ? 'quiet' : 'main'} onClick={() => open(null)}>
            {before === null ? 'Cancel' : 'Done'}
          </Button>
          {before === null ? (
            <Button type="submit" tone="main" busy={rotate.busy} disabled={!filled}>
              Rotate
            </Button>
          ) : null}
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** After the change: one harmless call shows whether the provider takes the new key. */
function Probe({ provider, same }: { readonly provider: string | undefined; readonly same: boolean }) {
  const list = useAsk('capabilities.list', provider === undefined ? null : { provider }).value?.capabilities;
  const probe = useMemo(() => probeOf(list ?? []), [list]);
  const test = useAct('capabilities.try');
  const [answer, setAnswer] = useState<{ status: number; tookMs: number; refused: string | null } | null>(null);
  return (
    <div className="stack">
      <p>{same ? 'The new value is the same as the old one.' : 'Rotated. The next call uses the new value.'}</p>
      {probe === null ? null : (
        <div className="row">
          <Button
            busy={test.busy}
            onClick={() =>
              void test.run({ capability: probe.capability, method: 'GET', path: probe.path }).then((result) => {
                if (result !== undefined)
                  setAnswer({ status: result.status, tookMs: result.tookMs, refused: result.refusal?.message ?? null });
              })
            }
          >
            Try it
          </Button>
          <code className="cut">GET {probe.path}</code>
          {answer === null ? null : (
            <Pill tone={answer.refused === null && answer.status < 400 ? 'good' : 'bad'}>
              {answer.refused ?? `${answer.status}, ${tookText(answer.tookMs)}`}
            </Pill>
          )}
        </div>
      )}
      <Problem error={test.error} />
    </div>
  );
}
