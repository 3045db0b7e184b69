export interface IdleLockDeps {
  readonly now: () => number;
  /** Minutes until it locks; null: never. Asked anew each time. */
  readonly minutes: () => number | null;
  readonly isOpen: () => boolean;
  readonly lock: () => Promise<void>;
  /** For the moment somebody asks too late, and where `lock` fails: locks before anything else is done. */
  readonly lockAtOnce: () => void;
}

export interface IdleLock {
  /**
   * A question was asked or a call came in. `counts: false` for what only looks (a tray that asks for the status now and
   * then): it finds out that the time is over, and does not start it anew.
   */
  active(counts?: boolean): void;
  /** When the vault will lock if nothing happens; null where it will not. */
  locksAtMs(): number | null;
  /** Call when the vault opened or the settings changed. */
  restart(): void;
  stop(): void;
}

/** Locks the vault after a time without questions or calls. One coarse timer, so activity costs nothing. */
export function createIdleLock({ now, minutes, isOpen, lock, lockAtOnce }: IdleLockDeps): IdleLock {
  let lastMs = now();
  let timer: NodeJS.Timeout | undefined;
  const locksAtMs = (): number | null => {
    const after = isOpen() ? minutes() : null;
    return after === null ? null : lastMs + after * 60_000;
  };
  const look = async (): Promise<void> => {
    const at = locksAtMs();
    // A clock set back must not keep a vault open for a year: then the time starts anew.
    if (now() < lastMs) lastMs = now();
    if (at === null) return;
    // A log that cannot be written is no reason to stay open.
    if (now() >= at) await lock().catch(lockAtOnce);
    else schedule(at);
  };
  const schedule = (at: number): void => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(Math.max(at - now(), 50), 30_000)).unref();
  };
  return {
    active(counts = true) {
      const at = locksAtMs();
      // A timer may be late, above all after the machine has slept: the question itself finds out.
      if (at !== null && now() >= at) lockAtOnce();
      if (counts) lastMs = now();
    },
    locksAtMs,
    restart() {
      lastMs = now();
      const at = locksAtMs();
      if (at !== null) schedule(at);
    },
    stop: () => clearTimeout(timer),
  };
}
