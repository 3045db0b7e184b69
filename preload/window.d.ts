import type { Presence } from '../main/contract/call.ts';
import type { Result } from '../main/contract/errors.ts';
import type { HostEvent } from '../main/contract/events.ts';

/** All the page can reach: one question channel and one event channel. No Electron object passes through. */
export interface Bridge {
  ask(name: string, input: unknown, presence?: Presence): Promise<Result<unknown>>;
  /** Returns the function that stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
}

declare global {
  interface Window {
    readonly aivault?: Bridge;
  }
}
