import type { PathSummary } from '#contract/schemas/paths.ts';
import { List } from '../../ui/list.tsx';
import { agoText, dateText, timeText } from '../../ui/words.ts';
import { expiryText, expiryTone } from './expiry.ts';
import { ExpiryPill } from './expiry-pill.tsx';
import { PathName } from './path-name.tsx';

interface PathTableProps {
  readonly paths: readonly PathSummary[];
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (path: string, open: boolean) => void;
  readonly onEnd: () => void;
}

/** Every path on a line of its own; the columns that matter least give way on a narrow window. */
export function PathTable({ paths, now, selected, onSelect, onEnd }: PathTableProps) {
  return (
    <div className="path-table">
      <div className="path-row path-head muted" aria-hidden="true">
        <span>Path</span>
        <span className="path-version">Version</span>
        <span className="path-type">Type</span>
        <span className="path-updated">Updated</span>
        <span>{paths.some(({ deletedAtMs }) => deletedAtMs !== null) ? 'Deleted' : 'Expires'}</span>
        <span className="path-tags">Tags</span>
      </div>
      <List
        label="Path secrets"
        items={paths}
        idOf={(one) => one.path}
        rowHeight={37}
        selected={selected}
        onSelect={onSelect}
        onEnd={onEnd}
        row={(one) => <PathLine one={one} now={now} />}
      />
    </div>
  );
}

function PathLine({ one, now }: { readonly one: PathSummary; readonly now: number }) {
  const soon = one.deletedAtMs === null && expiryTone(one.expiresAtMs, now) !== null;
  return (
    <span className="path-row">
      <PathName path={one.path} />
      <span className="path-version tabular">
        <span className="unseen">version </span>
        {one.version}
      </span>
      <span className="path-type muted">{one.secretType}</span>
      <span className="path-updated muted cut" title={`${dateText(one.updatedAtMs)}, ${timeText(one.updatedAtMs)}`}>
        <span className="unseen">updated </span>
        {agoText(one.updatedAtMs, now)}
      </span>
      <span className="cut muted">
        {one.deletedAtMs !== null ? (
          <>
            <span className="unseen">deleted </span>
            {agoText(one.deletedAtMs, now)}
          </>
        ) : soon ? (
          <ExpiryPill expiresAtMs={one.expiresAtMs} now={now} />
        ) : (
          <>
            <span className="unseen">expires </span>
            {expiryText(one.expiresAtMs, now)}
          </>
        )}
      </span>
      <span className="path-tags cut muted" title={one.tags.join(', ')}>
        {one.tags.join(', ')}
      </span>
    </span>
  );
}
