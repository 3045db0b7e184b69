import { useState } from 'react';
import { upstreamProxyFault } from '#contract/proxy-address.ts';
import { useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { useView } from '../../view-state.ts';

type Way = 'none' | 'environment' | 'address';

/** What the setting says, in words. */
export function proxyWords(setting: string | undefined): string {
  return setting === 'none' ? 'no proxy' : setting === 'environment' ? 'as the environment says' : (setting ?? '');
}

/** The proxy that calls leave through. It changes where every call passes, so it asks for presence. */
export function ChooseProxy() {
  const setting = useAsk('settings.show', {}).value?.upstreamProxy;
  // Not before it is known what is set: the form would say "no proxy", and one press would make it so.
  return setting === undefined ? null : <ProxyForm setting={setting} />;
}

function ProxyForm({ setting }: { readonly setting: string }) {
  const [way, setWay] = useState<Way>(setting === 'none' || setting === 'environment' ? setting : 'address');
  const [address, setAddress] = useState(way === 'address' ? setting : '');
  const choose = useProvenAct('settings.setProxy');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  const fault = way === 'address' && address !== '' ? upstreamProxyFault(address) : null;
  const ready = way !== 'address' || (address !== '' && fault === null);

  const save = async () => {
    const done = await choose.run({ upstreamProxy: way === 'address' ? address : way });
    if (done === undefined) return;
    open(null);
    say(`Calls leave from now on through: ${proxyWords(done.upstreamProxy)}.`);
  };

  return (
    <Dialog title="Upstream proxy" onClose={() => open(null)}>
      <DialogForm
        submit="Use it"
        ready={ready}
        busy={choose.busy}
        error={choose.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <p className="muted">
          A proxy sees which addresses are called, when and how much. Keys and answers pass it encrypted, from here to
          the upstream.
        </p>
        <SelectField label="Calls leave through" value={way} onChange={(event) => setWay(event.target.value as Way)}>
          <option value="none">no proxy</option>
          <option value="address">a proxy with this address</option>
          <option value="environment">HTTPS_PROXY and NO_PROXY of the host’s environment</option>
        </SelectField>
        {way === 'address' ? (
          <TextField
            label="Address"
            mono
            placeholder="http://127.0.0.1:3128"
            value={address}
            onChange={(event) => setAddress(event.target.value.trim())}
            note={fault === null ? 'Without user name and password.' : `${fault[0]!.toUpperCase()}${fault.slice(1)}.`}
            noteTone={fault === null ? 'plain' : 'bad'}
          />
        ) : null}
        <PresenceField handle={choose.presence} />
      </DialogForm>
    </Dialog>
  );
}
