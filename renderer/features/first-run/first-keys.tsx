import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useView } from '../../view-state.ts';
import { AddSecret } from '../secrets/add-secret.tsx';
import { ImportForm } from '../secrets/import-form.tsx';

/** A .env file, its lines, or one key at a time. */
export function FirstKeys({ onDone }: { readonly onDone: (names: readonly string[]) => void }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const sheet = useView((view) => view.sheet);
  const open = useView((view) => view.open);
  return (
    <div className="stack">
      <p className="muted">
        A name its provider uses, such as <code>OPENAI_API_KEY</code>, sets everything up and pins the key to that
        provider.
      </p>
      <ImportForm onDone={() => onDone(names)} doneText="Continue" mayCancel={false} onImported={setNames} />
      <p className="row">
        <span className="muted">One at a time?</span>
        <Button onClick={() => open({ kind: 'add-secret' })}>Add a key</Button>
        <Button tone="quiet" className="end" onClick={() => onDone(names)}>
          Continue without more keys
        </Button>
      </p>
      {sheet?.kind === 'add-secret' ? <AddSecret name="" /> : null}
    </div>
  );
}
