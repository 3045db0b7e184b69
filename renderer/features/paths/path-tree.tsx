import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { Pill } from '../../ui/pill.tsx';
import { showRow, useRowWindow } from '../../ui/row-window.ts';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { ExpiryPill } from './expiry-pill.tsx';
import { ancestorsOf, growTree, type TreeRow, visibleRows } from './path-tree-rows.ts';

interface PathTreeProps {
  readonly paths: readonly PathSummary[];
  readonly now: number;
  readonly selected: string | undefined;
  /** Whether branches nobody touched are open: what was searched for must be seen. */
  readonly openByDefault: boolean;
  readonly onSelect: (path: string, open: boolean) => void;
}

const rowHeight = 33;
const page = 10;

/** Paths by segment. ↑ ↓ move, → opens or goes in, ← closes or goes out, ⏎ shows the secret. */
export function PathTree({ paths, now, selected, openByDefault, onSelect }: PathTreeProps) {
  const branches = useView((view) => view.branches);
  const setBranches = useView((view) => view.setBranches);
  const tree = useMemo(() => growTree(paths), [paths]);
  const rows = useMemo(
    () => visibleRows(tree, (path) => branches.get(path) ?? openByDefault),
    [tree, branches, openByDefault],
  );
  // A branch is no secret and cannot be selected, yet the keys must be able to stand on it.
  const [active, setActive] = useState(selected);
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const { start, end } = useRowWindow(scroller, rows.length, rowHeight);

  useEffect(() => {
    if (selected === undefined) return;
    setBranches(ancestorsOf(selected), true);
    setActive(selected);
  }, [selected, setBranches]);

  const at = rows.findIndex(({ path }) => path === active);
  const there = at >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: its place may move later; the tree must not follow it then
  useEffect(() => {
    if (there) showRow(scroller.current, at, rowHeight);
  }, [active, there]);

  const stand = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setActive(row.path);
    if (row.secret !== null && row.path !== selected) onSelect(row.path, false);
  };
  const turn = (row: TreeRow) => {
    setActive(row.path);
    setBranches([row.path], !row.open);
  };
  const press = (row: TreeRow) => (row.secret === null ? turn(row) : onSelect(row.path, true));

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: there ? at - 1 : 0,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) stand(step);
    else if (row === undefined) return;
    else if (event.key === 'ArrowRight' && row.below > 0) row.open ? stand(at + 1) : turn(row);
    else if (event.key === 'ArrowLeft') {
      if (row.open) turn(row);
      else stand(rows.findLastIndex((one, index) => index < at && one.level < row.level));
    } else if (event.key === 'Enter' || event.key === ' ') press(row);
    else if (event.key !== 'ArrowRight') return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className="list path-tree"
      role="tree"
      aria-label="Path secrets"
      tabIndex={0}
      aria-activedescendant={at >= start && at < end ? `${base}-${at}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: rows.length * rowHeight, position: 'relative' }}>
        {rows.slice(start, end).map((row, offset) => {
          const index = start + offset;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, which names the active row
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all its rows
            <div
              key={row.path}
              id={`${base}-${index}`}
              role="treeitem"
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.siblings}
              aria-expanded={row.below > 0 ? row.open : undefined}
              aria-selected={row.path === selected}
              className={`list-row ${row.path === active ? 'active' : ''}`}
              style={{ height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
              onClick={() => press(row)}
            >
              <span className="path-branch" style={{ paddingLeft: (row.level - 1) * 16 }}>
                {row.below === 0 ? (
                  <span className="path-leaf" />
                ) : (
                  // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse only; → and ← do the same
                  // biome-ignore lint/a11y/useKeyWithClickEvents: as above
                  <span
                    className="path-turn"
                    onClick={(event) => {
                      event.stopPropagation();
                      turn(row);
                    }}
                  >
                    {row.open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
                  </span>
                )}
                <BranchName row={row} />
              </span>
              <BranchFacts row={row} now={now} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function BranchName({ row }: { readonly row: TreeRow }) {
  return (
    <span className="mono cut" title={row.path}>
      {row.name}
      {row.below > 0 ? <span className="muted">/</span> : null}
    </span>
  );
}

function BranchFacts({ row, now }: { readonly row: TreeRow; readonly now: number }) {
  const { secret } = row;
  const gone = secret !== null && secret.deletedAtMs !== null;
  return (
    <span className="path-facts muted small">
      {secret === null ? null : (
        <>
          {secret.tags.length === 0 ? null : <span className="path-tags cut">{secret.tags.join(', ')}</span>}
          {gone ? <Pill>deleted</Pill> : <ExpiryPill expiresAtMs={secret.expiresAtMs} now={now} />}
          <span className="tabular" title={`version ${secret.version}`}>
            v{secret.version}
          </span>
        </>
      )}
      {row.below === 0 ? null : (
        <>
          {row.open || gone ? null : <ExpiryPill expiresAtMs={row.endsBelowMs} now={now} />}
          <span className="tabular path-count" title={`${countText(row.below, 'path secret')} beneath`}>
            {row.below.toLocaleString('en-GB')}
            <span className="unseen"> beneath</span>
          </span>
        </>
      )}
    </span>
  );
}
