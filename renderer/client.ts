// The only reader of window.aivault. In a browser console the same Call travels by fetch; no screen can tell them apart.

import type { Call, Presence } from '#contract/call.ts';
import { errorFromBody, type Result } from '#contract/errors.ts';
import { type EventName, type HostEvent, staleBy } from '#contract/events.ts';
import type { Bridge } from '../preload/window.d.ts';

export interface Client {
  readonly place: 'window' | 'console';
  readonly call: Call;
  /** The same question with the passphrase beside it, for rows that ask for presence. */
  callWith(presence: Presence): Call;
  onEvent(listener: (event: HostEvent) => void): () => void;
}

const sessionHeader = 'aivault-session';
const reconnectMs = 1_000;

/** Every event there is: what a listener assumes happened while the stream was down. */
const everything = Object.keys(staleBy) as EventName[];

function clientOver(place: Client['place'], ask: Bridge['ask'], onEvent: Client['onEvent']): Client {
  const callWith = (presence?: Presence): Call => {
    return (async (name, input) => {
      try {
        return await ask(name, input, presence);
      } catch {
        return unreachable(place);
      }
    }) as Call;
  };
  return { place, call: callWith(), callWith, onEvent };
}

function unreachable(place: Client['place']): Result<never> {
  const hint = place === 'window' ? 'Open aivault again.' : 'Run `aivault console` and open the new page.';
  return { ok: false, error: { error: 'host_unreachable', message: 'The host does not answer.', hint } };
}

async function answerOf(response: Response): Promise<Result<unknown>> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === 'object' && body !== null && 'ok' in body) return body as Result<unknown>;
  return { ok: false, error: errorFromBody(body).toJSON() };
}

/** Reads the host's announcements for as long as the page lives; after a gap everything counts as stale. */
async function follow(session: string, announce: (event: HostEvent) => void): Promise<void> {
  for (;;) {
    try {
      const response = await fetch('/events', { headers: { [sessionHeader]: session } });
      if (response.status === 401) return;
      for await (const line of linesOf(response)) announce(JSON.parse(line) as HostEvent);
    } catch {
      // The host went away or restarts; the next turn of the loop finds out.
    }
    await new Promise((resolve) => setTimeout(resolve, reconnectMs));
    for (const event of everything) announce({ event, atMs: Date.now() });
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}

/** The one-time code leaves the address bar at once; the session it buys lives in this closure only. */
async function openConsole(): Promise<Client | null> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  history.replaceState(null, '', location.pathname);
  if (code === null) return null;
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok || typeof answer !== 'object' || answer === null || !('session' in answer)) return null;
  const session = String(answer.session);
  const listeners = new Set<(event: HostEvent) => void>();
  void follow(session, (event) => {
    for (const listener of listeners) listener(event);
  });
  const ask: Bridge['ask'] = async (name, input, presence) =>
    answerOf(
      await fetch(`/call/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [sessionHeader]: session },
        body: JSON.stringify(presence === undefined ? { input } : { input, presence }),
      }),
    );
  return clientOver('console', ask, (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
}

/** Finds the host this page belongs to. Null: a console page without a live code (reloaded, or ended). */
export async function connect(): Promise<Client | null> {
  const bridge = window.aivault;
  if (bridge !== undefined) return clientOver('window', bridge.ask, bridge.onEvent);
  return openConsole().catch(() => null);
}
