import { Plus } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useState } from 'react';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { List } from '../../ui/list.tsx';
import { Choice, Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { agoText, untilText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { PathDetail } from './path-detail.tsx';

type FilterName = 'all' | 'expiring' | 'deleted';
const pageSize = 200;
const soonMs = 30 * 24 * 60 * 60 * 1000;

export function PathsRoom() {
  const [prefix, setPrefix] = useState('');
  const [filter, setFilter] = useState<FilterName>('all');
  const [limit, setLimit] = useState(pageSize);
  const wanted = useDeferredValue(prefix.trim());
  const list = useAsk('paths.list', {
    prefix: wanted,
    limit,
    ...(filter === 'expiring' ? { expiringWithin: '30d' } : {}),
    ...(filter === 'deleted' ? { deleted: true } : {}),
  });
  const paths = list.value?.secrets;
  const selected = useView((view) => view.selected.paths);
  const select = useView((view) => view.select);
  const open = useView((view) => view.open);
  const known = paths?.some((one) => one.path === selected) === true;
  const first = paths?.[0]?.path;
  const hasMore = list.value?.hasMore === true;
  const more = useCallback(() => {
    if (hasMore && limit < 1_000) setLimit(Math.min(1_000, limit + pageSize));
  }, [hasMore, limit]);

  useEffect(() => {
    if (paths !== undefined && !known && first !== selected) select(first);
  }, [paths, known, first, selected, select]);

  return (
    <>
      <Header title="Paths">
        <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-path' })}>
          New path secret
        </Button>
      </Header>
      {paths?.length === 0 && wanted === '' && filter === 'all' ? (
        <Empty
          title="No path secrets yet"
          command="aivault kv put environments/dev/database password=…"
          action={
            <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-path' })}>
              New path secret
            </Button>
          }
        >
          Path secrets are values an application reads itself, with a personal token. They never mix with the keys under
          Secrets, which nobody can read.
        </Empty>
      ) : (
        <Split
          list={
            <>
              <div className="list-tools">
                <SearchField label="Path begins with" value={prefix} onChange={setPrefix} />
                <div className="choices">
                  <Choice chosen={filter === 'all'} onClick={() => setFilter('all')}>
                    All
                  </Choice>
                  <Choice chosen={filter === 'expiring'} tone="warn" onClick={() => setFilter('expiring')}>
                    Expires in 30 d
                  </Choice>
                  <Choice chosen={filter === 'deleted'} onClick={() => setFilter('deleted')}>
                    Deleted
                  </Choice>
                </div>
              </div>
              <Problem error={list.error} />
              {paths === undefined ? (
                <Skeleton rows={8} height={53} />
              ) : paths.length === 0 ? (
                <p className="none muted">No path fits.</p>
              ) : (
                <List
                  label="Path secrets"
                  items={paths}
                  idOf={(one) => one.path}
                  rowHeight={53}
                  selected={selected}
                  onSelect={select}
                  onEnd={more}
                  row={(one) => <PathLine one={one} />}
                />
              )}
            </>
          }
          detail={selected === undefined || !known ? null : <PathDetail key={selected} path={selected} />}
          detailLabel="Path secret"
        />
      )}
    </>
  );
}

function PathLine({ one }: { readonly one: PathSummary }) {
  const now = Date.now();
  const cut = one.path.lastIndexOf('/') + 1;
  const expires = one.expiresAtMs;
  return (
    <>
      <span className="grow">
        <span className="mono cut block" title={one.path}>
          <span className="muted">{one.path.slice(0, cut)}</span>
          {one.path.slice(cut)}
        </span>
        <span className="muted small cut block">
          version {one.version} · {agoText(one.updatedAtMs, now)}
          {one.tags.length === 0 ? '' : ` · ${one.tags.join(', ')}`}
        </span>
      </span>
      {one.deletedAtMs !== null ? (
        <Pill>deleted</Pill>
      ) : expires !== null && expires - now < soonMs ? (
        <Pill tone={expires <= now ? 'bad' : 'warn'}>{untilText(expires, now)}</Pill>
      ) : null}
    </>
  );
}
