import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  /** True while leaving would lose something that is shown once. */
  readonly hold?: boolean;
}

/** A native modal dialog: the browser traps focus, closes on Esc and gives focus back afterwards. */
export function Dialog({ title, onClose, children, wide = false, hold = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    firstField(dialog)?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${wide ? 'wide' : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (!hold) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current && !hold) onClose();
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

/** Where focus begins: the field that asks for it, else the first one, else the first answer (the harmless one). */
function firstField(dialog: HTMLDialogElement | null): HTMLElement | null {
  const inside = (selector: string) => dialog?.querySelector<HTMLElement>(selector) ?? null;
  return (
    inside('[data-first]') ??
    inside('input:not([type=checkbox], [type=radio], [readonly]), textarea, select') ??
    inside('.dialog-actions button')
  );
}

/** The row of buttons a dialog ends with. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <footer className="dialog-actions">{children}</footer>;
}
