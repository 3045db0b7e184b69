import { useCallback, useEffect, useState } from 'react';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { useAsk } from '../../query.ts';

/** How long a question that went away by itself says why before it makes room. */
const goneMs = 3_000;

/** Whether this window answers the question that is shown: not, just now, or it has. */
export type Answering = 'no' | 'now' | 'done';

export interface Questions {
  /** The one that is asked now; the others wait behind it. */
  readonly shown: ApprovalRequest | null;
  /** `shown` needs no answer any more, and not because of this window. */
  readonly gone: boolean;
  readonly behind: readonly ApprovalRequest[];
  /** Asks another one first; not while an answer is on its way. */
  choose(approvalId: string): void;
  answering(how: Answering): void;
}

/** The questions that wait, oldest first. The one in front stays there until it is answered. */
export function useQuestions(): Questions {
  const { value } = useAsk('approvals.list', {});
  const [front, setFront] = useState<ApprovalRequest | null>(null);
  const [answering, setAnswering] = useState<Answering>('no');
  const [gone, setGone] = useState(false);
  const waiting = value?.waiting ?? [];
  const current = waiting.find((one) => one.approvalId === front?.approvalId);
  const behind = waiting
    .filter((one) => one.approvalId !== front?.approvalId)
    .toSorted((a, b) => a.askedAtMs - b.askedAtMs);
  const oldest = behind[0];

  const leave = useCallback(() => {
    setFront(null);
    setAnswering('no');
    setGone(false);
  }, []);
  if (front === null && oldest !== undefined) setFront(oldest);
  if (front !== null && current === undefined && !gone) {
    // While this window's own answer is on its way nobody knows yet whose it was.
    if (answering === 'done') leave();
    else if (answering === 'no') setGone(true);
  }
  useEffect(() => {
    if (!gone) return;
    const timer = setTimeout(leave, goneMs);
    return () => clearTimeout(timer);
  }, [gone, leave]);

  return {
    shown: current ?? front,
    gone,
    behind,
    choose(approvalId) {
      const chosen = waiting.find((one) => one.approvalId === approvalId);
      if (chosen === undefined || answering !== 'no') return;
      leave();
      setFront(chosen);
    },
    answering: setAnswering,
  };
}
