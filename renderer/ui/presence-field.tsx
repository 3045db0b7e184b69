import { type RefObject, useEffect, useRef } from 'react';
import { useAsk } from '../query.ts';
import { Field } from './field.tsx';
import { PassphraseInput } from './passphrase-input.tsx';

export interface PresenceInput {
  /** Undefined where no passphrase opens this vault; the host then asks otherwise, or says it cannot. */
  passphrase(): string | undefined;
}

/** The passphrase again, for what exports, re-keys or widens. Absent for vaults that have none. */
export function PresenceField({ handle }: { readonly handle: RefObject<PresenceInput | null> }) {
  const provider = useAsk('vault.status', {}).value?.keyProvider;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    handle.current = {
      passphrase: () => (box.current === null || box.current.value === '' ? undefined : box.current.value),
    };
    return () => {
      handle.current = null;
    };
  }, [handle]);
  if (provider !== 'passphrase') return null;
  return (
    <Field label="Your passphrase again" note="So that only somebody who is here can do this.">
      {(control) => <PassphraseInput {...control} ref={box} />}
    </Field>
  );
}
