import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Output } from '#contract/call.ts';
import { useAnswers, useAsk } from '../../query.ts';
import { Choice } from '../../ui/pill.tsx';
import { countText } from '../../ui/words.ts';
import { type ActivityFilter, everything, type Span, spans } from './activity-filter.ts';
import { people } from './outcome.ts';

const ownDoors = ['operator:cli', 'operator:window', 'operator:console'];

interface FiltersProps {
  readonly filter: ActivityFilter;
  readonly onChange: (filter: ActivityFilter) => void;
  readonly tokenNames: ReadonlyMap<string, string>;
}

export function ActivityFilters({ filter, onChange, tokenNames }: FiltersProps) {
  const capabilities = useAsk('capabilities.list', { ready: true }).value?.capabilities ?? [];
  const credentials = useAsk('credentials.list', {}).value?.credentials ?? [];
  const set = (part: Partial<ActivityFilter>) => onChange({ ...filter, ...part });
  const refusedOnly = filter.outcome === 'refused';
  return (
    <div className="activity-filters">
      <PillSelect label="Time" value={filter.span} chosen onChange={(span) => set({ span: span as Span })}>
        {spans.map(({ span, text }) => (
          <option key={span} value={span}>
            {text}
          </option>
        ))}
      </PillSelect>
      <PillSelect
        label="Capability"
        value={filter.capability}
        chosen={filter.capability !== ''}
        onChange={(capability) => set({ capability })}
      >
        <option value="">All capabilities</option>
        {capabilities.map(({ id }) => (
          <option key={id}>{id}</option>
        ))}
      </PillSelect>
      <PillSelect
        label="Credential"
        value={filter.credential}
        chosen={filter.credential !== ''}
        onChange={(credential) => set({ credential })}
      >
        <option value="">All credentials</option>
        {credentials.map(({ id }) => (
          <option key={id}>{id}</option>
        ))}
      </PillSelect>
      <PillSelect label="Caller" value={filter.actor} chosen={filter.actor !== ''} onChange={(actor) => set({ actor })}>
        <option value="">All callers</option>
        {ownDoors.map((actor) => (
          <option key={actor} value={actor}>
            {people[actor]}
          </option>
        ))}
        {[...tokenNames].map(([id, name]) => (
          <option key={id} value={`agent:${id}`}>
            {name}
          </option>
        ))}
      </PillSelect>
      <Choice chosen={refusedOnly} tone="bad" onClick={() => set({ outcome: refusedOnly ? '' : 'refused' })}>
        Refused
      </Choice>
      <Choice
        chosen={filter.outcome === 'failed'}
        tone="warn"
        onClick={() => set({ outcome: filter.outcome === 'failed' ? '' : 'failed' })}
      >
        Failed
      </Choice>
      {filter === everything ? null : (
        <button type="button" className="clear-filter" onClick={() => onChange(everything)}>
          Clear
        </button>
      )}
      <VerifiedMark />
    </div>
  );
}

interface PillSelectProps {
  readonly label: string;
  readonly value: string;
  readonly chosen: boolean;
  readonly onChange: (value: string) => void;
  readonly children: React.ReactNode;
}

function PillSelect({ label, value, chosen, onChange, children }: PillSelectProps) {
  return (
    <select
      aria-label={label}
      className={`pill choice ${chosen ? 'chosen' : 'plain'}`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {children}
    </select>
  );
}

const betweenChecksMs = 15_000;

/** The chain, checked while you look: at once, and again (not more than every 15 s) after new entries. */
function VerifiedMark() {
  const { client } = useAnswers();
  const [verdict, setVerdict] = useState<Output<'audit.verify'> | null>(null);
  const lastCheck = useRef(0);
  useEffect(() => {
    let alive = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const check = async () => {
      timer = undefined;
      lastCheck.current = Date.now();
      const result = await client.call('audit.verify', {});
      if (alive && result.ok) setVerdict(result.value);
    };
    void check();
    const stop = client.onEvent(({ event }) => {
      if (event !== 'audit.appended') return;
      timer ??= setTimeout(() => void check(), Math.max(1_000, lastCheck.current + betweenChecksMs - Date.now()));
    });
    return () => {
      alive = false;
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  if (verdict === null) return <span className="verified muted">Checking the chain…</span>;
  if (verdict.break !== null || !verdict.intact) {
    return (
      <span className="verified bad" role="alert">
        <ShieldAlert size={15} aria-hidden="true" />
        {verdict.break === null
          ? 'chain broken'
          : `chain broken at entry ${verdict.break.seq.toLocaleString('en-GB')}: ${verdict.break.reason}`}
      </span>
    );
  }
  return (
    <span className="verified good">
      <ShieldCheck size={15} aria-hidden="true" />
      {countText(verdict.entries, 'entry', 'entries')}, chain intact
      {verdict.base === null ? '' : ` since entry ${(verdict.base.seq + 1).toLocaleString('en-GB')}`}
    </span>
  );
}
