import { useEffect, useRef, useState } from 'react';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { PresenceField, type PresenceInput } from '../../ui/presence-field.tsx';

const shownSeconds = 30;

interface RevealProps {
  readonly path: string;
  readonly version: number;
  readonly onClose: () => void;
}

/** An explicit, audited look at a path secret's value; it hides itself again. Broker secrets have no such thing. */
export function RevealPath({ path, version, onClose }: RevealProps) {
  const read = useAct('paths.read');
  const presence = useRef<PresenceInput>(null);
  const [fields, setFields] = useState<readonly (readonly [string, string])[] | null>(null);
  const [left, setLeft] = useState(shownSeconds);

  useEffect(() => {
    if (fields === null) return;
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1_000);
    return () => clearInterval(timer);
  }, [fields]);
  useEffect(() => {
    if (left <= 0) onClose();
  }, [left, onClose]);

  const show = async () => {
    const answer = await read.run({ path, version }, presence.current?.passphrase());
    if (answer === undefined) return;
    setFields(
      Object.entries(answer.data).map(
        ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value, null, 2)] as const,
      ),
    );
  };

  return (
    <Dialog title={`Version ${version} of ${path}`} onClose={onClose}>
      {fields === null ? (
        <DialogForm
          submit="Reveal"
          ready={true}
          busy={read.busy}
          error={read.error}
          onSubmit={() => void show()}
          onClose={onClose}
        >
          <p>Its value is shown for {shownSeconds} seconds. The audit log says that you looked.</p>
          <PresenceField handle={presence} />
        </DialogForm>
      ) : (
        <div className="stack">
          {fields.map(([name, value]) => (
            <div key={name} className="stack tight">
              <h3 className="mono">{name}</h3>
              <Snippet text={value} label={name} />
            </div>
          ))}
          <DialogActions>
            <span className="muted grow">hidden again in {left} s</span>
            <Button tone="main" onClick={onClose}>
              Hide
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}
