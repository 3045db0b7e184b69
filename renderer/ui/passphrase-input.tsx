import type { ComponentProps } from 'react';

/** A passphrase being typed: uncontrolled, so that it lives in the field and nowhere else, and out of every autofill. */
export function PassphraseInput({ className = '', ...input }: ComponentProps<'input'>) {
  return (
    <input
      {...input}
      type="password"
      className={`input ${className}`}
      autoComplete="off"
      spellCheck={false}
      maxLength={1024}
      data-1p-ignore=""
      data-lpignore="true"
      data-bwignore="true"
    />
  );
}
