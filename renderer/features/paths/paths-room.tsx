import { FileInput, Plus } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { DeletedPath } from './deleted-path.tsx';
import { countExpiring } from './expiry.ts';
import { PathDetail } from './path-detail.tsx';
import { everyPath, nothingText, questionOf } from './path-filter.ts';
import { PathFilters } from './path-filters.tsx';
import { PathTable } from './path-table.tsx';
import { PathTree } from './path-tree.tsx';
import { useChosenPath } from './use-chosen-path.ts';
import { usePathTags } from './use-path-tags.ts';
import { mostPaths, usePaths } from './use-paths.ts';

export function PathsRoom() {
  const [filter, setFilter] = useState(everyPath);
  const pathsAs = useView((view) => view.pathsAs);
  const open = useView((view) => view.open);
  const now = useNow();
  const wanted = useDeferredValue(filter);
  const { secrets, hasMore, error, more } = usePaths(questionOf(wanted), pathsAs === 'tree');
  const ending = useAsk('paths.list', { expiringWithin: '30d', limit: 1_000 }).value?.secrets;
  const counts = useMemo(() => (ending === undefined ? undefined : countExpiring(ending, now)), [ending, now]);
  const { selected, chosen, select, leave } = useChosenPath(secrets);
  const tags = usePathTags(secrets, filter.tag);
  const narrowed = wanted.prefix.trim() !== '' || wanted.show !== 'all' || wanted.tag !== '';
  const create = (
    <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-path' })}>
      New path secret
    </Button>
  );

  return (
    <>
      <Header title="Paths">
        <Button tone="quiet" icon={<FileInput size={15} />} onClick={() => open({ kind: 'import-path' })}>
          Import .env
        </Button>
        {create}
      </Header>
      {secrets?.length === 0 && !narrowed && filter === wanted ? (
        <NoPaths create={create} onDeleted={() => setFilter({ ...everyPath, show: 'deleted' })} />
      ) : (
        <div className="paths-room">
          <Split
            list={
              <>
                <PathFilters filter={filter} onChange={setFilter} ending={counts} tags={tags} />
                <Problem error={error} />
                {secrets === undefined ? (
                  error === undefined ? (
                    <Skeleton rows={10} height={37} />
                  ) : null
                ) : secrets.length === 0 ? (
                  <p className="none muted wrap">{nothingText(wanted)}</p>
                ) : pathsAs === 'table' ? (
                  <PathTable paths={secrets} now={now} selected={selected} onSelect={select} onEnd={more} />
                ) : (
                  <PathTree paths={secrets} now={now} selected={selected} openByDefault={narrowed} onSelect={select} />
                )}
                {hasMore && (secrets?.length ?? 0) >= mostPaths ? (
                  <p className="path-more muted small">
                    The first {mostPaths.toLocaleString('en-GB')} are listed. Type how a path begins to see others.
                  </p>
                ) : null}
              </>
            }
            detail={
              selected === undefined ? null : chosen !== undefined && chosen.deletedAtMs !== null ? (
                <DeletedPath key={selected} secret={chosen} now={now} onLeave={leave} />
              ) : (
                <PathDetail
                  key={selected}
                  path={selected}
                  now={now}
                  onTag={(tag) => setFilter({ ...everyPath, tag })}
                  onLeave={leave}
                />
              )
            }
            detailLabel="Path secret"
          />
        </div>
      )}
    </>
  );
}

interface NoPathsProps {
  readonly create: React.ReactNode;
  readonly onDeleted: () => void;
}

function NoPaths({ create, onDeleted }: NoPathsProps) {
  const deleted = useAsk('paths.list', { deleted: true, limit: 1 }).value?.secrets.length ?? 0;
  return (
    <Empty
      title="No path secrets yet"
      command="aivault kv put environments/dev/database --field password"
      action={
        <div className="row">
          {create}
          {deleted === 0 ? null : (
            <Button tone="quiet" onClick={onDeleted}>
              Show deleted ones
            </Button>
          )}
        </div>
      }
    >
      Path secrets are values an application reads itself, with a personal token. They never mix with the keys under
      Secrets, which nobody can read.
    </Empty>
  );
}
