import { useState } from 'react';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { useView } from '../../view-state.ts';
import { ImportForm } from '../secrets/import-form.tsx';

/** A .env file, its lines, or one key at a time. */
export function FirstKeys({ onDone }: { readonly onDone: () => void }) {
  const stored = useAsk('secrets.list', {}).value?.secrets ?? [];
  const [reported, setReported] = useState(false);
  const open = useView((view) => view.open);
  return (
    <div className="stack">
      <p className="muted">
        A name its provider uses, such as <code>OPENAI_API_KEY</code>, sets everything up and pins the key to that
        provider.
      </p>
      <ImportForm onDone={onDone} doneText="Continue" mayCancel={false} onImported={() => setReported(true)} />
      <p className="note good wrap" role="status">
        {stored.length === 0 ? '' : `In the vault: ${stored.map(({ name }) => name).join(', ')}.`}
      </p>
      <p className="row">
        <span className="muted">One at a time?</span>
        <Button onClick={() => open({ kind: 'add-secret' })}>Add a key</Button>
        {/* What was imported says how it went, and has the way on with it. */}
        {reported ? null : (
          <Button tone={stored.length === 0 ? 'quiet' : 'plain'} className="end" onClick={onDone}>
            {stored.length === 0 ? 'Continue without keys' : 'Continue'}
          </Button>
        )}
      </p>
    </div>
  );
}
