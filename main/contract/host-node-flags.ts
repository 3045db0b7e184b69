/**
 * How Node runs a host: with a small young generation, so that a body of a gigabyte passes without the heap growing along
 * with it. Only a flag of the process can say so.
 */
export const hostNodeFlags: readonly string[] = ['--max-semi-space-size=4'];
