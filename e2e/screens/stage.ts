import type { Page } from 'playwright';
import type { Input, Output, Presence } from '#contract/call.ts';
import type { OperationName } from '#contract/operations.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import type { Look, Watch } from './browser.ts';

// Where the window is shown: each spec runs on every stage there is and names the one it ran on.

export interface StageOptions {
  /** Null leaves the vault missing. A key file by default. */
  readonly choice?: KeyProviderChoice | null;
  readonly furnished?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly place: 'console' | 'double' | 'runtime';
  /** Asks the host behind the window, past the window. */
  call<N extends OperationName>(name: N, input: Input<N>, presence?: Presence): Promise<Output<N>>;
  open(look?: Look): Promise<Page>;
  readonly watches: readonly Watch[];
  /** What the host printed. */
  output(): string;
  /** Where the shell asks the person: which button is pressed from now on. 0 is Cancel. */
  readonly answerDialog?: (button: number) => void;
  readonly folder: string;
  readonly baseUrl: string;
  close(): Promise<void>;
}
