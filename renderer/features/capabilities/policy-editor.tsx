import { useState } from 'react';
import type { Policy } from '#contract/schemas/catalog.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Switch, TextField } from '../../ui/field.tsx';
import { LinesField, linesIn } from '../../ui/lines-field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useView } from '../../view-state.ts';
import { StopAsking, type StopWay } from './stop-asking.tsx';

interface Draft {
  readonly rate: string;
  readonly request: string;
  readonly response: string;
  readonly blocklist: string;
}

const kib = 1024;

function draftOf(policy: Policy): Draft {
  const number = (value: number | null, unit = 1) => (value === null ? '' : String(value / unit));
  return {
    rate: number(policy.rateLimitPerMinute),
    request: number(policy.maxRequestBodyBytes, kib),
    response: number(policy.maxResponseBodyBytes, kib),
    blocklist: policy.responseBodyBlocklist.join('\n'),
  };
}

/** Empty means no limit; undefined means it is not a number of that kind. */
function limitOf(text: string, unit = 1): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? Math.round(value * unit) : undefined;
}

/** Limits on top of what the capability allows. They can only narrow. */
export function PolicyEditor({ capability, policy }: { readonly capability: string; readonly policy: Policy }) {
  const [draft, setDraft] = useState(draftOf(policy));
  const [touched, setTouched] = useState(false);
  const [stopping, setStopping] = useState<StopWay | null>(null);
  const set = useAct('policies.set');
  const clear = useAct('policies.clear');
  const say = useView((view) => view.say);
  const shown = touched ? draft : draftOf(policy);
  const change = (part: Partial<Draft>) => {
    setDraft({ ...shown, ...part });
    setTouched(true);
  };
  const rate = limitOf(shown.rate);
  const request = limitOf(shown.request, kib);
  const response = limitOf(shown.response, kib);
  const sound = rate !== undefined && request !== undefined && response !== undefined;
  const limited =
    policy.rateLimitPerMinute !== null ||
    policy.maxRequestBodyBytes !== null ||
    policy.maxResponseBodyBytes !== null ||
    policy.responseBodyBlocklist.length > 0 ||
    policy.askOperator;

  const save = async () => {
    if (!sound) return;
    const done = await set.run({
      capability,
      rateLimitPerMinute: rate,
      maxRequestBodyBytes: request,
      maxResponseBodyBytes: response,
      responseBodyBlocklist: linesIn(shown.blocklist),
    });
    if (done === undefined) return;
    setTouched(false);
    say(`Limits of ${capability} saved.`);
  };

  const removeAll = () => {
    if (policy.askOperator) setStopping('limits');
    else void clear.run({ capability }).then((done) => done !== undefined && setTouched(false));
  };

  const note = (value: number | null | undefined, unit: string) =>
    value === undefined ? 'A number, or nothing.' : value === null ? 'No limit.' : unit;
  return (
    <section className="block-section">
      <h3>Limits</h3>
      <div className="settings-lines">
        <div className="settings-line">
          <span className="grow">
            <span className="block">Ask before each call</span>
            <span className="muted small block">
              {policy.askOperator
                ? 'A request waits until you allow it; after 120 seconds without an answer it is refused.'
                : 'Off: what the capability and these limits allow is sent at once.'}
            </span>
          </span>
          <Switch
            label="Ask before each call"
            checked={policy.askOperator}
            onChange={() =>
              policy.askOperator ? setStopping('switch') : void set.run({ capability, askOperator: true })
            }
          />
        </div>
      </div>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="triple">
          <TextField
            label="Calls"
            inputMode="numeric"
            value={shown.rate}
            note={note(rate, 'A minute, per token.')}
            onChange={(event) => change({ rate: event.target.value })}
          />
          <TextField
            label="Request size"
            inputMode="numeric"
            value={shown.request}
            note={note(request, 'KiB at most.')}
            onChange={(event) => change({ request: event.target.value })}
          />
          <TextField
            label="Answer size"
            inputMode="numeric"
            value={shown.response}
            note={note(response, 'KiB at most.')}
            onChange={(event) => change({ response: event.target.value })}
          />
        </div>
        <LinesField
          label="Hide in answers"
          note="JSON paths, one a line: $.data.email, $.users.*.phone. Their values become [REDACTED]."
          rows={2}
          value={shown.blocklist}
          onChange={(blocklist) => change({ blocklist })}
        />
        <Problem error={set.error ?? clear.error} />
        <div className="row">
          <Button type="submit" busy={set.busy} disabled={!touched || !sound}>
            Save limits
          </Button>
          {limited ? (
            <Button tone="quiet" busy={clear.busy} onClick={removeAll}>
              {policy.askOperator ? 'Remove all limits and stop asking' : 'Remove all limits'}
            </Button>
          ) : null}
        </div>
      </form>
      {stopping === null ? null : (
        <StopAsking
          capability={capability}
          way={stopping}
          onClose={() => setStopping(null)}
          onDone={() => stopping === 'limits' && setTouched(false)}
        />
      )}
    </section>
  );
}
