import { type ApprovalRule, callerName, ruleText } from '#contract/approval-words.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { Choice } from '../../ui/pill.tsx';
import { timeText } from '../../ui/words.ts';

const hourMs = 60 * 60_000;
/** Of a name in the sentence; the whole of it stands in the title. */
const nameShown = 40;
const lastsWords: Readonly<Record<ApprovalRule['lasts'], string>> = {
  once: 'Once',
  hour: 'For an hour',
  token: 'Until its token ends',
};
const coversWords: Readonly<Record<ApprovalRule['covers'], string>> = {
  request: 'This request',
  capability: 'Anything the capability allows',
};

interface NarrowingProps {
  readonly request: ApprovalRequest;
  readonly rule: ApprovalRule;
  readonly onChange: (rule: ApprovalRule) => void;
}

/** How long and how far a yes reaches. The narrowest is chosen first. */
export function Narrowing({ request, rule, onChange }: NarrowingProps) {
  const lasts: readonly ApprovalRule['lasts'][] = request.token === null ? ['once', 'hour'] : ['once', 'hour', 'token'];
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand beside its choices */}
      <div className="approval-choices" role="group" aria-label="How long">
        {lasts.map((one) => (
          <Choice
            key={one}
            chosen={rule.lasts === one}
            onClick={() => onChange({ lasts: one, covers: one === 'once' ? 'request' : rule.covers })}
          >
            {lastsWords[one]}
          </Choice>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div className="approval-choices" role="group" aria-label="How far">
        {(['request', 'capability'] as const).map((one) => (
          <Choice
            key={one}
            chosen={rule.covers === one}
            disabled={one === 'capability' && rule.lasts === 'once'}
            onClick={() => onChange({ ...rule, covers: one })}
          >
            {coversWords[one]}
          </Choice>
        ))}
      </div>
    </>
  );
}

/** What a yes would come to, as a sentence. */
export function RuleSentence({ request, rule }: Omit<NarrowingProps, 'onChange'>) {
  const name = callerName(request);
  return (
    <p className="approval-rule wrap">
      Rule:{' '}
      <bdi className="strong" dir="auto">
        {name.length > nameShown ? `${name.slice(0, nameShown)}…` : name}
      </bdi>{' '}
      {ruleText(request, rule, timeText(Date.now() + hourMs))}
    </p>
  );
}
