import type { AivaultError } from '#contract/errors.ts';

/** What `work` gives, or the error `late` makes where it takes longer. The work itself goes on; nobody waits for it. */
export async function inTime<T>(work: Promise<T>, withinMs: number, late: () => AivaultError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), withinMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
