import type { Session } from './session.ts';

const patienceMs = 300;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** Shows that something is going on, on a terminal, once it has taken longer than 300 ms. */
export async function withProgress<T>(
  session: Session,
  label: string,
  work: (progress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const startedAt = session.now();
  let amount = '';
  let frame = 0;
  const timer = setInterval(() => {
    if (session.now() - startedAt < patienceMs) return;
    session.out.status(`${frames[frame++ % frames.length]} ${label}${amount}`);
  }, 100);
  try {
    return await work((done, total) => {
      amount = ` ${done} of ${total}`;
    });
  } finally {
    clearInterval(timer);
    if (frame > 0) session.out.status('');
  }
}
