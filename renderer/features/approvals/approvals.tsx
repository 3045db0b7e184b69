import { useEffect, useRef, useState } from 'react';
import { callerName } from '#contract/approval-words.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useOpenDialogs } from '../../ui/use-modal.ts';
import { countText } from '../../ui/words.ts';
import { ApprovalCard } from './approval-card.tsx';
import { useQuestions } from './use-questions.ts';
import { WaitingStrip } from './waiting-strip.tsx';

/** How many of those behind the first have a line of their own. */
const linesShown = 4;

/**
 * The question in front and a line for each behind it, over whatever room is open; where nothing waits there is nothing.
 * While a dialog is open they are one line, and asked on top of it once the person wants them.
 * `alone`: they are all there is in this window.
 */
export function Approvals({ alone = false }: { readonly alone?: boolean }) {
  const { shown, gone, behind, choose, answering } = useQuestions();
  // The keys follow from card to card once a person brought them there; they are never taken from elsewhere.
  const keys = useRef(alone);
  const [asked, setAsked] = useState(false);
  const over = useOpenDialogs().findLast((one) => !one.classList.contains('asking')) ?? null;
  const nothing = shown === null;
  if (asked && (nothing || over === null)) setAsked(false);
  useEffect(() => {
    if (nothing) keys.current = alone;
  }, [nothing, alone]);
  const questions =
    shown === null ? null : (
      <>
        {behind.length === 0 ? null : <Behind requests={behind} onChoose={choose} />}
        <ApprovalCard key={shown.approvalId} request={shown} gone={gone} onAnswering={answering} keys={keys} />
      </>
    );
  return (
    <>
      {alone ? <h1 className="unseen">Requests that wait for you</h1> : null}
      <p className="unseen" role="status">
        {shown === null ? '' : `${callerName(shown)} wants to use ${shown.capability}. A: answer.`}
      </p>
      {over === null ? null : (
        <WaitingStrip over={over} request={gone ? null : shown} onAnswer={() => setAsked(true)} />
      )}
      {questions === null ? (
        alone ? (
          <p className="none muted">Nothing waits.</p>
        ) : null
      ) : asked ? (
        <Dialog title="Waiting for you" className="asking" onClose={() => setAsked(false)}>
          {questions}
        </Dialog>
      ) : (
        <section className={alone ? 'approvals alone' : 'approvals'} aria-label="Waiting for you">
          {questions}
        </section>
      )}
    </>
  );
}

interface BehindProps {
  readonly requests: readonly ApprovalRequest[];
  readonly onChoose: (approvalId: string) => void;
}

function Behind({ requests, onChoose }: BehindProps) {
  const more = requests.length - linesShown;
  return (
    <ul className="approval-queue">
      {requests.slice(0, linesShown).map((request) => (
        <li key={request.approvalId}>
          <button type="button" onClick={() => onChoose(request.approvalId)}>
            <bdi className="strong cut" dir="auto">
              {callerName(request)}
            </bdi>
            <span className="mono muted cut grow">
              {request.method} {request.capability}
            </span>
          </button>
        </li>
      ))}
      {more > 0 ? <li className="muted small">{`and ${countText(more, 'more', 'more')}`}</li> : null}
    </ul>
  );
}
