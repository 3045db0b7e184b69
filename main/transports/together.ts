/**
 * Runs what becomes ready in one turn of the event loop together, at its end, in order. Writing to a socket wakes whoever
 * sleeps behind it, which costs more than the write: answers that leave one after the other wake a busy caller once. As
 * long as they become ready one by one, each runs at once and waits for nobody.
 */
export function together(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  /** How many became ready in this turn, and in the last one in which any did. */
  let now = 0;
  let before = 0;
  const endTurn = (): void => {
    before = now;
    now = 0;
    const ready = waiting;
    waiting = [];
    for (const work of ready) work();
  };
  return (work) => {
    now += 1;
    if (now === 1) setImmediate(endTurn);
    if (now === 1 && before <= 1) work();
    else waiting.push(work);
  };
}
