import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Input } from '#contract/call.ts';
import type { OperationName } from '#contract/operations.ts';
import { type Act, useAct, useAsk } from '../query.ts';
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

/** An act that sends what was typed into the `PresenceField` with this handle. */
export interface ProvenAct<N extends OperationName> extends Act<N> {
  readonly presence: RefObject<PresenceInput | null>;
}

export function useProvenAct<N extends OperationName>(name: N): ProvenAct<N> {
  const act = useAct(name);
  const presence = useRef<PresenceInput>(null);
  const ask = act.run;
  const run = useCallback((input: Input<N>) => ask(input, presence.current?.passphrase()), [ask]);
  return { ...act, run, presence };
}
