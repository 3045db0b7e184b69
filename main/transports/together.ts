/**
 * Runs what becomes ready in one turn of the event loop together, at its end, in order. Writing to a socket wakes whoever
 * sleeps behind it, which costs more than the write: answers that leave one after the other wake a busy caller once.
 */
export function together(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const run = (): void => {
    const ready = waiting;
    waiting = [];
    for (const work of ready) work();
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(run);
  };
}
