import { useState } from 'react';
import type { DoctorCheck } from '#contract/schemas/host.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';

const tones = { ok: 'good', attention: 'warn', broken: 'bad' } as const;
const words = { ok: 'fine', attention: 'look', broken: 'broken' } as const;

/** `doctor`, asked from the window. */
export function Diagnostics() {
  const doctor = useAct('host.doctor');
  const [checks, setChecks] = useState<readonly DoctorCheck[] | null>(null);
  const wrong = checks?.filter((check) => check.state !== 'ok').length ?? 0;
  return (
    <section className="settings-group">
      <h2>Diagnostics</h2>
      <div className="settings-lines">
        <div className="settings-line">
          <p className="grow muted" aria-live="polite">
            {checks === null
              ? 'Permissions, key custody, endpoint, clock and hooks.'
              : wrong === 0
                ? `All ${checks.length} checks are fine.`
                : `${wrong} of ${checks.length} checks ${wrong === 1 ? 'needs' : 'need'} a look.`}
          </p>
          <Button
            busy={doctor.busy}
            onClick={() => void doctor.run({}).then((answer) => answer !== undefined && setChecks(answer.checks))}
          >
            {checks === null ? 'Check now' : 'Check again'}
          </Button>
        </div>
        <Problem error={doctor.error} />
        {checks?.map((check) => (
          <div key={check.id} className="settings-line check-line">
            <Pill tone={tones[check.state]}>{words[check.state]}</Pill>
            <div className="grow">
              <p className="wrap">{check.text}</p>
              {check.next === null ? null : <p className="muted small wrap">{check.next}</p>}
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
