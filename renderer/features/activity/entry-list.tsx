import type { AuditEntry } from '#contract/schemas/audit.ts';
import { List } from '../../ui/list.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { dateText, logTimeText, tookText } from '../../ui/words.ts';
import { callerText, outcomePill, whatText } from './outcome.ts';

interface EntryListProps {
  readonly entries: readonly AuditEntry[] | undefined;
  readonly tokenNames: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  readonly onSelect: (seq: string, open: boolean) => void;
  readonly onEnd: () => void;
}

export function EntryList({ entries, tokenNames, selected, onSelect, onEnd }: EntryListProps) {
  return (
    <div className="entries">
      <div className="entry-row entry-head muted" aria-hidden="true">
        <span>Time</span>
        <span>What</span>
        <span>Caller</span>
        <span>Outcome</span>
        <span className="took">Took</span>
      </div>
      {entries === undefined ? (
        <Skeleton rows={10} height={37} />
      ) : entries.length === 0 ? (
        <p className="none muted">No entry fits these filters.</p>
      ) : (
        <List
          label="Entries, newest first"
          items={entries}
          idOf={(entry) => String(entry.seq)}
          rowHeight={37}
          selected={selected}
          onSelect={onSelect}
          onEnd={onEnd}
          row={(entry) => <EntryLine entry={entry} caller={callerText(entry, tokenNames)} />}
        />
      )}
    </div>
  );
}

function EntryLine({ entry, caller }: { readonly entry: AuditEntry; readonly caller: string }) {
  const pill = outcomePill(entry);
  const about = whatText(entry);
  return (
    <span className="entry-row">
      <span className="muted tabular" title={dateText(entry.tsMs)}>
        {logTimeText(entry.tsMs)}
      </span>
      <span className="mono cut" title={about}>
        {about}
      </span>
      <span className="cut" title={caller} dir="auto">
        {caller}
      </span>
      <span>
        <Pill tone={pill.tone}>{pill.text}</Pill>
        {entry.count !== undefined && entry.count > 1 ? <span className="muted small"> ×{entry.count}</span> : null}
      </span>
      <span className="muted took tabular">{entry.tookMs === undefined ? '' : tookText(entry.tookMs)}</span>
    </span>
  );
}
