// A paste target for a value that must not stay anywhere: not in React's state, not in undo, spellcheck or autofill,
// not in the engine's memory of its last pattern match.

import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { Field } from './field.tsx';
import { forgetLastMatch } from './last-match.ts';

/** Handed to a form: reads the value once, and empties the field. */
export interface SecretInput {
  value(): string;
  clear(): void;
  focus(): void;
}

export interface SecretVerdict {
  readonly text: ReactNode;
  readonly tone: 'plain' | 'good' | 'warn';
}

interface SecretFieldProps {
  readonly label: string;
  readonly handle: RefObject<SecretInput | null>;
  /** Judges a value without keeping it. */
  readonly judge?: (value: string) => SecretVerdict;
  readonly note?: ReactNode;
  readonly onFilled?: (filled: boolean) => void;
  readonly onSubmit?: () => void;
  readonly autoFocus?: boolean;
}

export function SecretField({
  label,
  handle,
  judge,
  note = '',
  onFilled,
  onSubmit,
  autoFocus = false,
}: SecretFieldProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [verdict, setVerdict] = useState<SecretVerdict | null>(null);

  const look = () => {
    const filled = (box.current?.value ?? '') !== '';
    onFilled?.(filled);
    setVerdict(filled && judge !== undefined ? judge(box.current?.value ?? '') : null);
    forgetLastMatch();
  };

  useEffect(() => {
    const element = box.current;
    handle.current = {
      value: () => element?.value ?? '',
      clear: () => {
        if (element !== null) element.value = '';
        setVerdict(null);
      },
      focus: () => element?.focus(),
    };
    return () => {
      if (element !== null) element.value = '';
      handle.current = null;
    };
  }, [handle]);

  return (
    <Field label={label} note={verdict?.text ?? note} noteTone={verdict?.tone ?? 'plain'}>
      {(control) => (
        <textarea
          {...control}
          ref={box}
          rows={1}
          data-first={autoFocus || undefined}
          className="input secret mono"
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
          data-1p-ignore=""
          data-lpignore="true"
          data-bwignore="true"
          placeholder="Paste it here"
          onInput={look}
          onCopy={(event) => event.preventDefault()}
          onCut={(event) => event.preventDefault()}
          onDragStart={(event) => event.preventDefault()}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            onSubmit?.();
          }}
        />
      )}
    </Field>
  );
}
