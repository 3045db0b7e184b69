import { useDeferredValue, useMemo, useState } from 'react';
import { List } from '../../ui/list.tsx';
import { Choice, Pill, type Tone } from '../../ui/pill.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { agoText, lettersOf, scopeWords } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { type SecretRow, unusedAfterMs } from './readiness.ts';

type FilterName = 'all' | 'ready' | 'waiting' | 'unused';

const filters: readonly { name: FilterName; text: string; tone: Tone }[] = [
  { name: 'all', text: 'All', tone: 'plain' },
  { name: 'ready', text: 'Ready', tone: 'plain' },
  { name: 'waiting', text: 'Waiting', tone: 'warn' },
  { name: 'unused', text: 'Unused 90 d', tone: 'plain' },
];

function matches(row: SecretRow, filter: FilterName, now: number): boolean {
  if (filter === 'all') return true;
  if (filter === 'unused') return (row.secret.lastUsedAtMs ?? row.secret.createdAtMs) < now - unusedAfterMs;
  return row.state === filter;
}

export function SecretList({ rows }: { readonly rows: readonly SecretRow[] | undefined }) {
  const [filter, setFilter] = useState<FilterName>('all');
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const selected = useView((view) => view.selected.secrets);
  const select = useView((view) => view.select);
  const now = Date.now();

  const searchable = useMemo(
    () =>
      (rows ?? []).map((row) => ({
        row,
        text: `${row.secret.name} ${row.secret.aliases.join(' ')} ${row.providerName ?? ''} ${scopeWords(row.secret.scope)}`.toLowerCase(),
      })),
    [rows],
  );
  const counts = useMemo(() => {
    const at = Date.now();
    return new Map(filters.map(({ name }) => [name, (rows ?? []).filter((row) => matches(row, name, at)).length]));
  }, [rows]);
  const shown = useMemo(() => {
    const at = Date.now();
    return searchable
      .filter(({ row, text }) => text.includes(wanted) && matches(row, filter, at))
      .map(({ row }) => row);
  }, [searchable, wanted, filter]);

  return (
    <>
      <div className="list-tools">
        <SearchField label="Filter secrets" value={search} onChange={setSearch} />
        <div className="choices">
          {filters.map(({ name, text, tone }) =>
            name !== 'all' && counts.get(name) === 0 ? null : (
              <Choice
                key={name}
                chosen={filter === name}
                tone={tone}
                onClick={() => setFilter(name === filter ? 'all' : name)}
              >
                {text} {counts.get(name)?.toLocaleString('en-GB')}
              </Choice>
            ),
          )}
        </div>
      </div>
      {rows === undefined ? (
        <Skeleton rows={8} height={53} />
      ) : shown.length === 0 ? (
        <p className="none muted">No secret fits. Names, aliases, providers and scopes are searched.</p>
      ) : (
        <List
          label="Secrets"
          items={shown}
          idOf={(row) => row.secret.secretId}
          rowHeight={53}
          selected={selected}
          onSelect={select}
          row={(row) => <SecretLine row={row} now={now} />}
        />
      )}
    </>
  );
}

function SecretLine({ row, now }: { readonly row: SecretRow; readonly now: number }) {
  const { secret } = row;
  return (
    <>
      <span className="letters" aria-hidden="true">
        {lettersOf(row.providerName ?? 'Custom')}
      </span>
      <span className="grow">
        <span className="mono cut block" dir="auto" title={secret.name}>
          {secret.name}
        </span>
        <span className="muted small cut block">{lineText(row, now)}</span>
      </span>
      {row.pill === null ? null : <Pill tone={row.pill.tone}>{row.pill.text}</Pill>}
    </>
  );
}

function lineText(row: SecretRow, now: number): string {
  if (row.missing.length > 0) return `needs ${row.missing.join(', ')}`;
  const { secret } = row;
  if (secret.pinnedProvider === undefined && secret.hosts.length > 0) return `not pinned · ${secret.hosts[0]}`;
  const used = secret.lastUsedAtMs === null ? 'never used' : `used ${agoText(secret.lastUsedAtMs, now)}`;
  return `${scopeWords(secret.scope)} · ${used}`;
}
