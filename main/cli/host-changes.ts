import type { EventName } from '#contract/events.ts';
import type { HostClient } from '#transports/find-host.ts';

export interface HostChanges {
  /** How many announcements there were until now. */
  readonly count: number;
  /** Resolves with true when there were more than `count`, with false when there will be no more. */
  after(count: number): Promise<boolean>;
}

/** What happened while the listening began was not announced to us: it counts as one announcement, this much later. */
const settledMs = 500;

/** Listens from now on for some of a host's announcements, until `signal` aborts or the host ends. */
export function changesOf(host: HostClient, wanted: readonly EventName[], signal: AbortSignal): HostChanges {
  let count = 0;
  let over = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const each of waiting) each();
    waiting.clear();
  };
  const heard = () => {
    count += 1;
    wake();
  };
  const listen = async () => {
    for await (const { event } of host.events(signal)) if (wanted.includes(event)) heard();
  };
  const settled = setTimeout(heard, settledMs).unref();
  const end = () => {
    clearTimeout(settled);
    over = true;
    wake();
  };
  listen().then(end, end);
  return {
    get count() {
      return count;
    },
    async after(known) {
      while (count <= known && !over) await new Promise<void>((resolve) => void waiting.add(resolve));
      return count > known;
    },
  };
}
