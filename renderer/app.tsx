import { useEffect, useState } from 'react';
import { Approvals } from './features/approvals/approvals.tsx';
import { FirstRun } from './features/first-run/first-run.tsx';
import { Frame } from './features/frame/frame.tsx';
import { useAppearance } from './features/settings/appearance.ts';
import { Ended } from './features/unlock/ended.tsx';
import { Opened } from './features/unlock/opened.tsx';
import { Unlock } from './features/unlock/unlock.tsx';
import { useAnswers, useAsk } from './query.ts';
import { Toasts } from './ui/toasts.tsx';
import { useView } from './view-state.ts';

/** The small window the tray opens: it unlocks, and the shell closes it. */
const onlyUnlocks = location.hash === '#unlock';
/** The small window the shell opens while requests wait and this one is not in front. */
const onlyAsks = location.hash === '#approvals';

/** Decides what may be on screen from the vault's state; a locked vault leaves nothing of itself on the page. */
export function App() {
  const answers = useAnswers();
  const status = useAsk('vault.status', {});
  const reset = useView((view) => view.reset);
  const [welcoming, setWelcoming] = useState(false);
  const state = status.value?.state;
  useAppearance();

  useEffect(() => {
    if (state === 'missing') setWelcoming(true);
    if (state === 'locked' || state === 'rolled_back') {
      answers.forget();
      reset();
    }
  }, [state, answers, reset]);

  if (status.error?.error === 'host_unreachable' || status.error?.error === 'token_invalid') return <Ended />;
  if (status.value === undefined) return <main className="blank" aria-busy="true" />;
  if (onlyUnlocks && state !== 'locked' && state !== 'rolled_back') return <Opened />;
  const open = state === 'unlocked' || state === 'degraded';
  if (onlyAsks) return <main className="blank">{open ? <Approvals alone /> : null}</main>;
  return (
    <>
      {state === 'missing' || (welcoming && state === 'unlocked') ? (
        <FirstRun status={status.value} onDone={() => setWelcoming(false)} />
      ) : state === 'locked' || state === 'rolled_back' ? (
        <Unlock status={status.value} />
      ) : (
        <Frame status={status.value} />
      )}
      {open ? <Approvals /> : null}
      <Toasts />
    </>
  );
}
