import { useState } from 'react';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { Mark } from '../../ui/mark.tsx';
import { Sheets } from '../frame/sheets.tsx';
import { ChooseProvider } from './choose-provider.tsx';
import { FirstCall } from './first-call.tsx';
import { FirstKeys } from './first-keys.tsx';

const steps = ['Create the vault', 'Add your keys', 'Make the first call'];

/** From nothing to the first call, in three steps. */
export function FirstRun({ status, onDone }: { readonly status: VaultStatus; readonly onDone: () => void }) {
  const [keysDone, setKeysDone] = useState(false);
  const step = status.state === 'missing' ? 0 : keysDone ? 2 : 1;
  return (
    <main className="first-run">
      <header className="row">
        <Mark size={28} />
        <h1 className="grow">{steps[step]}</h1>
        <p className="muted">Step {step + 1} of 3</p>
      </header>
      {step === 0 ? (
        <ChooseProvider />
      ) : step === 1 ? (
        <FirstKeys onDone={() => setKeysDone(true)} />
      ) : (
        <FirstCall onDone={onDone} />
      )}
      <Sheets />
    </main>
  );
}
