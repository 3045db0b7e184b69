/** How soon an open request notices that it may not go on. */
const everyMs = 500;

/** What is looked at again for as long as it is open. */
export interface Watched {
  /** Where in their list the rounds keep it, -1 while they do not; theirs to set. */
  position: number;
  /** May take itself, and others, out of the rounds. */
  look(): void;
}

export interface Rounds {
  add(watched: Watched): void;
  leave(watched: Watched): void;
}

/**
 * Looks at everything that is open twice a second: one timer for all, which runs only while there is something to look at.
 * A list and not a set, because every call comes and goes: each knows its position, and the last one moves into a gap.
 */
export function createRounds(): Rounds {
  const open: Watched[] = [];
  let timer: NodeJS.Timeout | null = null;
  const round = (): void => {
    // From the end: who leaves meanwhile is replaced by one that was looked at already.
    for (let at = open.length - 1; at >= 0; at--) open[at]?.look();
    if (open.length > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  return {
    add(watched) {
      if (watched.position >= 0) return;
      watched.position = open.length;
      open.push(watched);
      timer ??= setInterval(round, everyMs).unref();
    },
    leave(watched) {
      const last = open[open.length - 1];
      if (watched.position < 0 || last === undefined) return;
      open.pop();
      if (last !== watched) {
        open[watched.position] = last;
        last.position = watched.position;
      }
      watched.position = -1;
    },
  };
}
