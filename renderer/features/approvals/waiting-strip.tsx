import { useCallback } from 'react';
import { createPortal } from 'react-dom';
import { callerName } from '#contract/approval-words.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { Button } from '../../ui/button.tsx';
import { useSecondsLeft } from './use-seconds-left.ts';

interface WaitingStripProps {
  /** The dialog that lies over the room. */
  readonly over: HTMLDialogElement;
  readonly request: ApprovalRequest | null;
  readonly onAnswer: () => void;
}

/**
 * While a dialog lies over the room, the question that waits is one line at the foot of the window: in the dialog, where
 * alone keys and screen readers reach it, and beside it, so that nothing moves under the person's hands.
 */
export function WaitingStrip({ over, request, onAnswer }: WaitingStripProps) {
  return createPortal(
    <>
      <p className="unseen" role="status">
        {request === null ? '' : `${callerName(request)} wants to use ${request.capability} and waits for you.`}
      </p>
      {request === null ? null : <Strip request={request} onAnswer={onAnswer} />}
    </>,
    over,
  );
}

function Strip({ request, onAnswer }: Omit<WaitingStripProps, 'over'> & { readonly request: ApprovalRequest }) {
  const left = useSecondsLeft(request.expiresAtMs);
  const show = useCallback((element: HTMLElement | null) => element?.showPopover(), []);
  return (
    <div ref={show} popover="manual" className="waiting-strip">
      <div className="row">
        <span className="dot warn" aria-hidden="true" />
        <span className="grow cut">
          <bdi className="strong" dir="auto">
            {callerName(request)}
          </bdi>{' '}
          wants to use {request.capability}
        </span>
        <span className="tabular small">{left} s</span>
        {/* A press with the mouse leaves the keys where they were typing. */}
        <Button className="inline" onMouseDown={(event) => event.preventDefault()} onClick={onAnswer}>
          Answer…
        </Button>
      </div>
    </div>
  );
}
