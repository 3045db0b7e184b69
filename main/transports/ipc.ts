import type { Presence } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import type { HostEvent } from '#contract/events.ts';
import { isOperationName, type OperationName, operations } from '#contract/operations.ts';

// The window's wire: one channel to ask, one for events. Electron is handed in by shape, so that this file can be
// read, tested and trusted without it.

const askChannel = 'aivault:ask';
const eventChannel = 'aivault:event';

/** What Electron says about who sent a message. */
export interface AskingFrame {
  /** Chromium's own serialisation of the origin, not a URL we parsed. */
  readonly origin: string;
  readonly parent: object | null;
}
export interface AskingEvent {
  /** Null where the frame is gone already. */
  readonly senderFrame: AskingFrame | null;
  readonly sender: object;
}
export interface IpcDoor {
  handle(channel: string, listener: (event: AskingEvent, ...words: unknown[]) => Promise<unknown>): void;
}

export interface IpcDeps {
  /** The one origin our pages have, such as `app://bundle`. */
  readonly origin: string;
  /** Whether these web contents belong to a window we made. */
  isOurs(sender: object): boolean;
  ask(name: OperationName, input: unknown, presence: Presence | undefined): Promise<Result<unknown>>;
  /** Asks the person in front of the screen whether this may be asked; true only for an explicit yes. */
  confirm(name: OperationName, input: unknown, sender: object): Promise<boolean>;
}

/** Refused before anything is read: the question did not come from the main frame of one of our own windows. */
const foreign = new AivaultError('origin_refused', 'This question did not come from a window of aivault.');
const declined = new AivaultError('presence_required', 'Nobody confirmed it in the window.', {
  hint: 'Ask again and confirm, or give the passphrase.',
});

/** True for the main frame of a page of ours. Look-alike origins differ as strings; sub-frames have a parent. */
function isTrusted(event: AskingEvent, deps: Pick<IpcDeps, 'origin' | 'isOurs'>): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.origin === deps.origin && deps.isOurs(event.sender);
}

/** Answers the window's questions. Everything that comes back is a Result: contextBridge drops what errors carry. */
export function serveIpc(door: IpcDoor, deps: IpcDeps): void {
  door.handle(askChannel, async (event, name, input, proof): Promise<Result<unknown>> => {
    if (!isTrusted(event, deps)) return refusal(foreign);
    if (typeof name !== 'string' || !isOperationName(name)) {
      return refusal(new AivaultError('invalid_request', 'There is no such operation.'));
    }
    const presence = passphraseOf(proof);
    try {
      if (operations[name].presence !== 'fresh' || presence !== undefined) {
        const answer = await deps.ask(name, input, presence);
        // Some rows ask for presence only in some cases, before they do anything: then the person is asked here too.
        if (answer.ok || answer.error.error !== 'presence_required' || presence !== undefined) return answer;
      }
      if (!(await deps.confirm(name, input, event.sender))) return refusal(declined);
      return await deps.ask(name, input, { confirmed: true });
    } catch (error) {
      return refusal(
        error instanceof AivaultError ? error : new AivaultError('internal', 'Something went wrong in the host.'),
      );
    }
  });
}

/** Only a passphrase is taken from a page; `confirmed` is this process's own word. */
function passphraseOf(proof: unknown): Presence | undefined {
  if (typeof proof !== 'object' || proof === null || !('passphrase' in proof)) return undefined;
  return typeof proof.passphrase === 'string' ? { passphrase: proof.passphrase } : undefined;
}

const refusal = (error: AivaultError): Result<never> => ({ ok: false, error: error.toJSON() });

/** A window that may be told what the host announced. */
export interface Listener {
  isDestroyed(): boolean;
  send(channel: string, event: HostEvent): void;
}

/** Announcements carry a name and a time, never data. */
export function announce(listeners: Iterable<Listener>, event: HostEvent): void {
  for (const listener of listeners) if (!listener.isDestroyed()) listener.send(eventChannel, event);
}
