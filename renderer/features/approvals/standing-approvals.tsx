import { callerName, standingText } from '#contract/approval-words.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useNow } from '../../ui/use-now.ts';
import { untilText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** What is allowed without asking for a while, each with its end and a way to end it now. None: nothing. */
export function StandingApprovals() {
  const standing = useAsk('approvals.list', {}).value?.standing;
  const withdraw = useAct('approvals.withdraw');
  const say = useView((view) => view.say);
  const now = useNow();
  const live = (standing ?? []).filter(({ untilMs }) => untilMs === null || untilMs > now);
  if (live.length === 0) return <Problem error={withdraw.error} />;
  return (
    <section className="standing" aria-label="Standing approvals">
      <p className="row">
        <span className="strong">Standing approvals</span>
        <span className="muted">Not asked about until they end or the vault locks.</span>
      </p>
      <Problem error={withdraw.error} />
      <ul>
        {live.map((one) => (
          <li key={one.standingId} className="row">
            <span className="grow wrap">
              <bdi className="strong" dir="auto">
                {callerName(one)}
              </bdi>{' '}
              {standingText(one)}
            </span>
            <span className="muted small">
              {one.untilMs === null ? 'until its token ends' : `ends ${untilText(one.untilMs, now)}`}
            </span>
            <Button
              busy={withdraw.busy}
              onClick={() =>
                void withdraw
                  .run({ standingId: one.standingId })
                  .then((done) => done !== undefined && say('Withdrawn. The next request asks again.'))
              }
            >
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
