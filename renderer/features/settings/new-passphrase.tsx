import { type RefObject, useEffect, useRef, useState } from 'react';
import { passphraseAdvice } from '#contract/passphrase-advice.ts';
import { Field } from '../../ui/field.tsx';
import { PassphraseInput } from '../../ui/passphrase-input.tsx';

export interface NewPassphraseHandle {
  /** The passphrase, or null while the two differ or it is empty. */
  value(): string | null;
}

interface NewPassphraseProps {
  readonly handle: RefObject<NewPassphraseHandle | null>;
  readonly label?: string;
  readonly onReady: (ready: boolean) => void;
}

/** A new passphrase, typed twice. Long beats clever; nothing else is demanded of it. */
export function NewPassphrase({ handle, label = 'Passphrase', onReady }: NewPassphraseProps) {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState('');
  useEffect(() => {
    handle.current = {
      value: () => {
        const typed = first.current?.value ?? '';
        return typed !== '' && typed === second.current?.value ? typed : null;
      },
    };
    return () => {
      handle.current = null;
    };
  }, [handle]);
  const look = () => {
    const typed = first.current?.value ?? '';
    const again = second.current?.value ?? '';
    onReady(typed !== '' && typed === again);
    setNote(again !== '' && typed !== again ? 'The two differ.' : (typed !== '' && passphraseAdvice(typed)) || '');
  };
  return (
    <div className="pair">
      <Field label={label} note={note} noteTone="warn">
        {(control) => <PassphraseInput {...control} ref={first} onInput={look} />}
      </Field>
      <Field label="The same again">{(control) => <PassphraseInput {...control} ref={second} onInput={look} />}</Field>
    </div>
  );
}
