import { useEffect, useState } from 'react';
import { fieldText } from '#contract/variable-name.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { PresenceField } from '../../ui/presence-field.tsx';
import { useReadPath } from './use-read-path.ts';
import { shownSeconds, useTimedValue } from './use-timed-value.ts';

interface RevealProps {
  readonly path: string;
  readonly version: number;
  readonly onClose: () => void;
}

/** An explicit, audited look at a path secret's value; it hides itself again. Broker secrets have no such thing. */
export function RevealPath({ path, version, onClose }: RevealProps) {
  const read = useReadPath();
  const [seen, setSeen] = useState(false);
  const { held, left, show } = useTimedValue<readonly (readonly [name: string, text: string])[]>();

  const fields = held?.value ?? null;

  useEffect(() => {
    if (seen && fields === null) onClose();
  }, [seen, fields, onClose]);

  const reveal = async () => {
    const answer = await read.run({ path, version });
    if (answer === undefined) return;
    show(Object.entries(answer.data).map(([name, value]) => [name, fieldText(value)] as const));
    setSeen(true);
  };

  return (
    <Dialog title={`Version ${version} of ${path}`} onClose={onClose}>
      {fields === null ? (
        <DialogForm
          submit="Reveal"
          ready={true}
          busy={read.busy}
          error={read.error}
          onSubmit={() => void reveal()}
          onClose={onClose}
        >
          <p>Its value is shown for {shownSeconds} seconds. The audit log says that you looked.</p>
          <PresenceField handle={read.presence} />
        </DialogForm>
      ) : (
        <div className="stack">
          {fields.map(([name, value]) => (
            <div key={name} className="stack tight">
              <h3 className="mono wrap">{name}</h3>
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
