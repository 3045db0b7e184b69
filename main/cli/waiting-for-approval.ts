import { actorText } from '#contract/call.ts';
import { shortId } from './approval-text.ts';
import { changesOf } from './host-changes.ts';
import type { Session } from './session.ts';

/** Most calls are answered sooner, and are asked about nothing. */
const patienceMs = 400;
const ourselves = actorText({ kind: 'operator', via: 'cli' });

/** Says on a person's terminal that a call waits for a yes, and how to give it, for as long as it does. */
export async function sayingThatItWaits<T>(session: Session, capability: string, call: () => Promise<T>): Promise<T> {
  if (!session.out.watched) return call();
  const over = new AbortController();
  let shown = '';
  const show = (text: string) => {
    if (text !== shown) session.out.status(text);
    shown = text;
  };
  const timer = setTimeout(() => void follow(session, capability, show, over.signal).catch(() => {}), patienceMs);
  try {
    return await call();
  } finally {
    clearTimeout(timer);
    over.abort();
    show('');
  }
}

async function follow(
  session: Session,
  capability: string,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const host = await session.host();
  const changes = changesOf(host, ['approvals.changed'], signal);
  for (;;) {
    const { count } = changes;
    const answer = await host.call('approvals.list', {});
    if (!answer.ok || signal.aborted) return;
    const asked = answer.value.waiting.find((each) => each.actor === ourselves && each.capability === capability);
    const how = `aivault approvals allow ${shortId(asked?.approvalId ?? '')}, or in the window`;
    show(asked === undefined ? '' : `Waiting for approval: ${how}`);
    if (!(await changes.after(count))) return;
  }
}
