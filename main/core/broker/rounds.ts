/** How soon an open request notices that it may not go on. */
const everyMs = 500;

/** What is looked at again for as long as it is open. */
export interface Watched {
  /** May take itself, and others, out of the rounds. */
  look(): void;
}

export interface Rounds {
  add(watched: Watched): void;
  leave(watched: Watched): void;
}

/** Looks at everything that is open twice a second: one timer for all, which runs only while there is something to look at. */
export function createRounds(): Rounds {
  const open = new Set<Watched>();
  let timer: NodeJS.Timeout | null = null;
  const round = (): void => {
    for (const watched of open) watched.look();
    if (open.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  return {
    add(watched) {
      open.add(watched);
      timer ??= setInterval(round, everyMs).unref();
    },
    leave: (watched) => void open.delete(watched),
  };
}
