import type { Input, Output, Presence } from '#contract/call.ts';
import { AivaultError, errorFromBody, type Result } from '#contract/errors.ts';
import { type EventName, type HostEvent, staleBy } from '#contract/events.ts';
import type { OperationName } from '#contract/operations.ts';
import type { Host } from '#host/open-host.ts';
import type { HostClient } from '#transports/find-host.ts';

// The shell's host: its own, or a running aivaultd it became the client of. Nobody above can tell which, but the tray,
// which offers to take over.

export interface HostLink {
  /** True where this process owns the vault. */
  hosting(): boolean;
  ask<N extends OperationName>(name: N, input: Input<N>, presence?: Presence): Promise<Result<Output<N>>>;
  onEvent(listener: (event: HostEvent) => void): void;
  /**
   * Asks the daemon to finish its running calls (10 s at most) and yield, then owns the vault. Throws what kept it from
   * that; it is then the client of whoever has the vault, and may be asked again.
   */
  takeOver(): Promise<void>;
  close(): Promise<void>;
}

export interface HostLinkDeps {
  /** Throws `host_busy` while another process owns the vault. */
  open(): Promise<Host>;
  find(): Promise<HostClient | null>;
  wait(ms: number): Promise<void>;
}

const yieldMs = 10_000;
const retryMs = 250;
/** After a change of host everything may have changed. */
const afterChange = Object.keys(staleBy) as EventName[];

/** Asks a daemon to end. One that is gone already has done so. */
async function yielding(daemon: HostClient): Promise<void> {
  try {
    const asked = await daemon.call('host.shutdown', { graceMs: yieldMs });
    if (!asked.ok) throw errorFromBody(asked.error);
  } catch (error) {
    if (!(error instanceof AivaultError && error.code === 'host_unreachable')) throw error;
  } finally {
    await daemon.close();
  }
}

/** Opens the vault, or joins the host that has it. Throws what kept it from either. */
export async function linkHost(deps: HostLinkDeps): Promise<HostLink> {
  const listeners = new Set<(event: HostEvent) => void>();
  const tell = (event: HostEvent) => {
    for (const listener of listeners) listener(event);
  };
  let host: Host | null = null;
  let client: HostClient | null = null;
  let ended = false;

  const own = async (): Promise<void> => {
    const opened = await deps.open();
    opened.onEvent(tell);
    host = opened;
    client = null;
  };
  const join = async (): Promise<boolean> => {
    const found = await deps.find();
    if (found === null) return false;
    client = found;
    void follow(found);
    return true;
  };
  /**
   * Own it, or where that is allowed join it, until either works: a daemon that just ends holds the lock a moment longer
   * than its socket.
   */
  const link = async (patienceMs: number, mayJoin = true): Promise<void> => {
    for (let waited = 0; ; waited += retryMs) {
      try {
        return await own();
      } catch (error) {
        if (!(error instanceof AivaultError && error.code === 'host_busy')) throw error;
        if (mayJoin && (await join())) return;
        if (waited >= patienceMs) throw error;
      }
      await deps.wait(retryMs);
    }
  };
  const follow = async (followed: HostClient): Promise<void> => {
    try {
      for await (const event of followed.events()) tell(event);
    } catch {
      // It went away; what follows finds out what stands in its place.
    }
    if (ended || client !== followed) return;
    client = null;
    await link(yieldMs).catch(() => undefined);
    for (const event of afterChange) tell({ event, atMs: Date.now() });
  };

  await link(2_000);
  return {
    hosting: () => host !== null,
    async ask(name, input, presence) {
      try {
        if (host !== null) {
          const asker = {
            actor: { kind: 'operator', via: 'window' } as const,
            ...(presence === undefined ? {} : { presence }),
          };
          return (await host.dispatch(name, input, asker)) as Result<Output<typeof name>>;
        }
        if (client !== null) return await client.call(name, input, presence === undefined ? {} : { presence });
      } catch (error) {
        if (error instanceof AivaultError) return { ok: false, error: error.toJSON() };
        throw error;
      }
      const gone = new AivaultError('host_unreachable', 'The host does not answer.', {
        hint: 'Quit aivault and open it again.',
      });
      return { ok: false, error: gone.toJSON() };
    },
    onEvent: (listener) => void listeners.add(listener),
    async takeOver() {
      if (host !== null) return;
      const daemon = client;
      client = null;
      try {
        if (daemon !== null) await yielding(daemon);
        await link(yieldMs + 2_000, false);
      } catch (error) {
        await link(0).catch(() => undefined);
        throw error;
      } finally {
        for (const event of afterChange) tell({ event, atMs: Date.now() });
      }
    },
    async close() {
      ended = true;
      await Promise.all([host?.close(), client?.close()]);
    },
  };
}
