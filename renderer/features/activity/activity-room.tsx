import { Download, Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { everything } from './activity-filter.ts';
import { ActivityFilters } from './activity-filters.tsx';
import { ActivitySeries } from './activity-series.tsx';
import { EntryDetail } from './entry-detail.tsx';
import { EntryList } from './entry-list.tsx';
import { useEntries } from './use-entries.ts';
import { useExport } from './use-export.ts';

export function ActivityRoom() {
  const [filter, setFilter] = useState(everything);
  const [live, setLive] = useState(true);
  const { entries, error, more, now } = useEntries(filter, live);
  const tokens = useAsk('tokens.list', { all: true }).value?.tokens;
  const selected = useView((view) => view.selected.activity);
  const select = useView((view) => view.select);
  const tokenNames = useMemo(
    () => new Map((tokens ?? []).map((token) => [token.id, token.name ?? token.id])),
    [tokens],
  );
  const entry = entries?.find((one) => String(one.seq) === selected);
  const exporting = useExport();
  const untouched = filter === everything;
  const first = entries?.[0]?.seq;

  useEffect(() => {
    if (selected === undefined && first !== undefined) select(String(first));
  }, [selected, first, select]);

  return (
    <>
      <Header title="Activity">
        <Button
          tone="quiet"
          aria-pressed={live}
          icon={live ? <Pause size={15} /> : <Play size={15} />}
          onClick={() => setLive(!live)}
        >
          {live ? 'Live' : 'Paused'}
        </Button>
        <Button tone="quiet" icon={<Download size={15} />} busy={exporting.busy} onClick={() => void exporting.run()}>
          {exporting.busy ? `${exporting.written.toLocaleString('en-GB')} entries…` : 'Export'}
        </Button>
      </Header>
      <div className="activity-head">
        <ActivityFilters filter={filter} onChange={setFilter} tokenNames={tokenNames} />
        <ActivitySeries filter={filter} now={now} />
      </div>
      {entries?.length === 0 && untouched ? (
        <Empty title="Nothing has happened yet" command="aivault invoke openai/chat-completions --body '{…}'">
          Every call, refusal and change is written here, in a chain that shows any later edit.
        </Empty>
      ) : (
        <Split
          list={
            error !== undefined && entries === undefined ? (
              <Problem error={error} />
            ) : (
              <EntryList entries={entries} tokenNames={tokenNames} selected={selected} onSelect={select} onEnd={more} />
            )
          }
          detail={
            entry === undefined ? (
              <p className="muted">Choose an entry to see what happened.</p>
            ) : (
              <EntryDetail entry={entry} tokens={tokens ?? []} tokenNames={tokenNames} />
            )
          }
          detailLabel="Entry"
        />
      )}
    </>
  );
}
