import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';

interface ShownOnceProps {
  readonly token: string;
  readonly lines: readonly { readonly label: string; readonly text: string }[];
  readonly onDone: () => void;
}

/** A fresh token: here, now, and never again. Only its hash is stored. */
export function ShownOnce({ token, lines, onDone }: ShownOnceProps) {
  return (
    <div className="stack">
      <p>Copy it now. It is shown this once; only its hash is kept.</p>
      <Snippet text={token} label="token" />
      {lines.map(({ label, text }) => (
        <div key={label} className="stack tight">
          <h3>{label}</h3>
          <Snippet text={text} label={label} />
        </div>
      ))}
      <DialogActions>
        <Button tone="main" onClick={onDone}>
          I have copied it
        </Button>
      </DialogActions>
    </div>
  );
}
