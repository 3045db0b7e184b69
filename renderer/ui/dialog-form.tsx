import type { ReactNode } from 'react';
import type { ErrorBody } from '#contract/errors.ts';
import { Button } from './button.tsx';
import { DialogActions } from './dialog.tsx';
import { Problem } from './problem.tsx';

interface DialogFormProps {
  /** The verb of the one thing this dialog does. */
  readonly submit: ReactNode;
  /** Whether what was typed is complete. */
  readonly ready: boolean;
  readonly busy: boolean;
  /** The refusal of the last try; what was typed stays. */
  readonly error: ErrorBody | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** `Cancel`, or `Done` where each submit adds one more. */
  readonly leave?: string;
  readonly children: ReactNode;
}

/** The form of a dialog: fields, the refusal above the buttons, Enter submits what is complete. */
export function DialogForm({
  submit,
  ready,
  busy,
  error,
  onSubmit,
  onClose,
  leave = 'Cancel',
  children,
}: DialogFormProps) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onSubmit();
      }}
    >
      {children}
      <Problem error={error} />
      <DialogActions>
        <Button tone="quiet" onClick={onClose}>
          {leave}
        </Button>
        <Button type="submit" tone="main" busy={busy} disabled={!ready}>
          {submit}
        </Button>
      </DialogActions>
    </form>
  );
}
