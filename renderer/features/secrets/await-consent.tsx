import { useEffect, useState } from 'react';
import type { Output } from '#contract/call.ts';
import type { ErrorBody } from '#contract/errors.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { timeText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** How often the host is asked whether the browser has come back. */
const askEveryMs = 700;

interface AwaitConsentProps {
  readonly begun: Output<'oauth.begin'>;
  readonly providerName: string;
  /** Back to the form, with what was typed. */
  readonly onAgain: () => void;
}

/** The way to the consent page, and the wait until the browser comes back from it. */
export function AwaitConsent({ begun, providerName, onAgain }: AwaitConsentProps) {
  const { connection, consentUrl, expiresAtMs } = begun;
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  const { run: ask, error } = useAct('oauth.status');
  const { run: cancel } = useAct('oauth.cancel');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const say = useView((view) => view.say);
  const waiting = failed === null && error === undefined;

  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(async () => {
      const now = await ask({ connection });
      if (now?.state === 'failed') setFailed(now.error);
      if (now?.state !== 'connected') return;
      clearInterval(timer);
      open(null);
      if (now.secret !== null) go('secrets', now.secret.secretId);
      say(`${providerName} connected.`);
      for (const notice of now.notices) say(notice.text);
    }, askEveryMs);
    return () => clearInterval(timer);
  }, [ask, connection, go, open, providerName, say, waiting]);

  const giveUp = () => {
    // One that has ended by itself is given up already.
    void cancel({ connection });
    open(null);
  };

  return (
    <Dialog title="Give consent" onClose={giveUp}>
      <p>
        {providerName} asks in your browser whether your application may use the account. Afterwards the browser comes
        back to aivault, and the tokens go into the vault.
      </p>
      <p className="row">
        <a className="button main" href={consentUrl} target="_blank" rel="noreferrer" data-first>
          Open {new URL(consentUrl).host}
        </a>
        <span className="muted">or elsewhere:</span>
        <CopyButton text={consentUrl} label="Copy the address" />
      </p>
      {waiting ? (
        <p className="muted" role="status">
          Waiting for the browser to come back, until {timeText(expiresAtMs)}.
        </p>
      ) : (
        <Problem error={failed ?? error} />
      )}
      <DialogActions>
        <Button tone="quiet" onClick={giveUp}>
          {waiting ? 'Give up' : 'Close'}
        </Button>
        {waiting ? null : <Button onClick={onAgain}>Try again</Button>}
      </DialogActions>
    </Dialog>
  );
}
