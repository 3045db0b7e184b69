import { X } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import { IconButton } from './button.tsx';
import { onlyPress, useModal } from './use-modal.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  /** True while leaving would lose something that is shown once. */
  readonly hold?: boolean;
  readonly className?: string;
}

/** A native modal dialog: the browser traps focus, closes on Esc and gives focus back afterwards. */
export function Dialog({ title, onClose, children, wide = false, hold = false, className = '' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useModal(element);
  return (
    <dialog
      ref={element}
      className={`dialog ${wide ? 'wide' : ''} ${className}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (!hold) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current && !hold && onlyPress(event)) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="row">
          <h2 id={heading} className="grow">
            {title}
          </h2>
          {hold ? null : (
            <IconButton label="Close" onClick={onClose}>
              <X size={16} />
            </IconButton>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The row of buttons a dialog ends with. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <footer className="dialog-actions">{children}</footer>;
}
