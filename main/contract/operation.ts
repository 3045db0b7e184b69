import type { z } from 'zod';

/** A row of the table: a promise about one question. */
export interface Operation<I extends z.ZodType, O extends z.ZodType> {
  /** One imperative sentence: the CLI's help and the API page. */
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** `operator` rows are out of reach of every bearer token; `agent` rows may also be asked with a personal token. */
  readonly access: 'operator' | 'agent';
  /**
   * What must be true of the vault: nothing (these three rows are all a locked vault answers), that it is not locked (there
   * may be none yet), or that it is open.
   */
  readonly vault: 'any' | 'unless-locked' | 'unlocked';
  readonly effect: 'read' | 'write';
  /** The operator proves presence again: passphrase or a confirmation in the desktop window. */
  readonly presence?: 'fresh';
  /** The answer carries a token shown once, or a path secret's value. No answer ever carries a broker secret. */
  readonly yields?: true;
}

/** Declares a row with its types inferred from the schemas. */
export function operation<I extends z.ZodType, O extends z.ZodType>(row: Operation<I, O>): Operation<I, O> {
  return row;
}
