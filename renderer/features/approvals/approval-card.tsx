import { Terminal } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react';
import { type ApprovalRule, callerName, visibleText } from '#contract/approval-words.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { useAct, useAnswers } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { EffectPill } from '../../ui/effect-pill.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText } from '../../ui/words.ts';
import { Narrowing, RuleSentence } from './narrowing.tsx';
import { CallersText, RequestBox } from './request-box.tsx';
import { useArmed } from './use-armed.ts';
import type { Answering } from './use-questions.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

const allowWords = { once: 'Allow once', hour: 'Allow for an hour', token: 'Allow until its token ends' } as const;

interface ApprovalCardProps {
  readonly request: ApprovalRequest;
  /** It needs no answer any more, and not because of this window. */
  readonly gone: boolean;
  readonly onAnswering: (how: Answering) => void;
  /** True where the keys were in the card before this one, or begin here: then they go to Deny. */
  readonly keys: RefObject<boolean>;
}

/**
 * One question: who wants what, where to, from what the host knows; then what the caller wrote, marked as theirs. Deny is
 * always there. Allow begins to work after a second of standing still, and never by Enter.
 */
export function ApprovalCard({ request, gone, onAnswering, keys }: ApprovalCardProps) {
  const { client } = useAnswers();
  const heading = useId();
  const card = useRef<HTMLElement>(null);
  const denyButton = useRef<HTMLButtonElement>(null);
  const allowButton = useRef<HTMLButtonElement>(null);
  const [rule, setRule] = useState<ApprovalRule>({ lasts: 'once', covers: 'request' });
  const [pressedEnter, setPressedEnter] = useState(false);
  const [answered, setAnswered] = useState(false);
  const allow = useProvenAct('approvals.allow');
  const deny = useAct('approvals.deny');
  const error = allow.error ?? deny.error;
  const { armed, stands } = useArmed(allowButton, JSON.stringify([request, rule]));
  const busy = allow.busy || deny.busy || answered || gone;

  useLayoutEffect(() => {
    const shown = card.current;
    if (keys.current) denyButton.current?.focus();
    return () => {
      keys.current = shown?.contains(document.activeElement) === true;
    };
  }, [keys]);

  const answer = async (run: () => Promise<unknown>) => {
    if (busy) return;
    onAnswering('now');
    const done = await run();
    onAnswering(done === undefined ? 'no' : 'done');
    setAnswered(done !== undefined);
  };
  const sayNo = () => answer(() => deny.run({ approvalId: request.approvalId }));
  const sayYes = () => {
    if (stands()) void answer(() => allow.run({ approvalId: request.approvalId, ...rule }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    // A dialog around the card would close as well, and take the next card with it.
    event.preventDefault();
    void sayNo();
  };

  return (
    <article ref={card} className="approval" aria-labelledby={heading} onKeyDown={onKeyDown}>
      <div className="approval-facts">
        <header className="approval-head">
          <Terminal size={16} aria-hidden="true" />
          <div className="grow">
            <h2 id={heading} className="wrap">
              <bdi dir="auto">{callerName(request)}</bdi> <span className="plain">wants to use</span>{' '}
              <span className="whole">{request.capability}</span>
            </h2>
            <p className="muted small wrap">
              <Whence request={request} />
            </p>
          </div>
          <EffectPill effect={request.effect} />
        </header>
        <RequestBox request={request} />
        {request.body === null ? null : <CallersText body={request.body} />}
        <Narrowing request={request} rule={rule} onChange={setRule} />
        {client.place === 'console' || allow.error?.error === 'presence_required' ? (
          <PresenceField handle={allow.presence} />
        ) : null}
        {gone ? null : <Problem error={error} />}
      </div>
      <footer className="approval-foot">
        <RuleSentence request={request} rule={rule} />
        <div className="row">
          <Button
            ref={denyButton}
            data-deny
            data-first
            disabled={gone}
            busy={deny.busy}
            // The second press of two that came at once was meant for the question before this one.
            onClick={(event) => event.detail < 2 && void sayNo()}
            onKeyDown={(event) => event.key === 'Enter' && event.repeat && event.preventDefault()}
          >
            Deny
          </Button>
          <Button
            ref={allowButton}
            className="end"
            disabled={gone}
            aria-disabled={!armed}
            busy={allow.busy || answered}
            onClick={sayYes}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              setPressedEnter(true);
            }}
          >
            {allowWords[rule.lasts]}
          </Button>
        </div>
        <Footnote request={request} gone={gone} pressedEnter={pressedEnter} />
      </footer>
    </article>
  );
}

/** Which credential, which token, where it works. */
function Whence({ request }: { readonly request: ApprovalRequest }) {
  const { credential, token, workspaceId, groupId, consumer } = request;
  const callers = token === null && consumer !== null ? `as ${visibleText(consumer)}` : null;
  const place = workspaceId === null ? null : `${workspaceId}${groupId === null ? '' : ` / ${groupId}`}`;
  return [`with ${credential}`, callers, place, token?.tokenId ?? null].filter((one) => one !== null).join(' · ');
}

interface FootnoteProps {
  readonly request: ApprovalRequest;
  readonly gone: boolean;
  readonly pressedEnter: boolean;
}

function Footnote({ request, gone, pressedEnter }: FootnoteProps) {
  const left = useSecondsLeft(request.expiresAtMs);
  const more = request.alsoWaiting;
  if (gone) {
    return (
      <p className="approval-note warn" role="status">
        {left > 0 ? 'Answered elsewhere, or its caller left.' : 'Nobody answered in time. Nothing was sent.'}
      </p>
    );
  }
  if (pressedEnter) return <p className="approval-note">Enter never allows. Press the space bar, or click.</p>;
  return (
    <p className="approval-note tabular">
      refused by itself in {left} s
      {more > 0 ? ` · ${countText(more, 'request')} like it ${more === 1 ? 'waits' : 'wait'} too` : ''}
    </p>
  );
}
