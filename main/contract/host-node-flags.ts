/**
 * How Node runs a host: with a small young generation, so that a body of a gigabyte passes without the heap growing along
 * with it, and collected by the thread that filled it, because waking four others costs more than they help. Only flags of
 * the process can say so.
 */
export const hostNodeFlags: readonly string[] = ['--max-semi-space-size=4', '--no-parallel-scavenge'];
