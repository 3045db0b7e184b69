/** How Node runs a host. Only flags of the process can say so. */
export const hostNodeFlags: readonly string[] = [
  // A small young generation: a body of a gigabyte passes without the heap growing along with it.
  '--max-semi-space-size=4',
  // Collected by the thread that filled it: waking four others costs a call more than they take off it.
  '--no-parallel-scavenge',
  // What a call allocates dies with it. V8 would place some of it among what stays, and collect that again and again.
  '--no-allocation-site-pretenuring',
  // Node's own code in pages of 2 MiB: a call runs through so much of it that finding the pages took a tenth of its time.
  '--use-largepages=silent',
];
