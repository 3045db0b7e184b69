/** What is to be done when a connection's caller goes away: one listener per connection, and a place in it per request. */
const leaving = new WeakMap<AbortSignal, Set<() => void>>();

/** How many acts wait for this caller to leave. */
export function waitingFor(signal: AbortSignal): number {
  return leaving.get(signal)?.size ?? 0;
}

/**
 * Runs `act` when `signal` aborts; at once where it has. Returns what takes it back. A listener of its own per request would
 * cost more than the rest of opening one.
 */
export function whenCallerLeaves(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => {};
  }
  let acts = leaving.get(signal);
  if (acts === undefined) {
    const all = new Set<() => void>();
    leaving.set(signal, all);
    signal.addEventListener('abort', () => {
      for (const each of all) each();
      all.clear();
    });
    acts = all;
  }
  acts.add(act);
  const joined = acts;
  return () => void joined.delete(act);
}
