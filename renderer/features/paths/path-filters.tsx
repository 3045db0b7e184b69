import { ListTree, Rows3 } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';
import { Choice } from '../../ui/pill.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useView } from '../../view-state.ts';
import type { ExpiryCounts } from './expiry.ts';
import { everyPath, type PathFilter } from './path-filter.ts';

interface PathFiltersProps {
  readonly filter: PathFilter;
  readonly onChange: (filter: PathFilter) => void;
  /** Undefined until known. None is not written: colour and number are for what needs somebody. */
  readonly ending: ExpiryCounts | undefined;
  readonly tags: readonly string[];
}

const ends = [
  { within: '30d', text: 'Expires in 30 d', tone: 'warn' },
  { within: '7d', text: '7 d', tone: 'warn' },
  { within: '1d', text: '1 d', tone: 'bad' },
] as const;

export function PathFilters({ filter, onChange, ending, tags }: PathFiltersProps) {
  const pathsAs = useView((view) => view.pathsAs);
  const showPathsAs = useView((view) => view.showPathsAs);
  const show = (state: PathFilter['show']) => onChange({ ...filter, show: state });
  return (
    <div className="list-tools">
      <div className="row">
        <div className="grow">
          <SearchField
            label="Path begins with"
            value={filter.prefix}
            onChange={(prefix) => onChange({ ...filter, prefix })}
          />
        </div>
        <fieldset className="view-switch">
          <legend className="unseen">Show as</legend>
          <IconButton label="Table" aria-pressed={pathsAs === 'table'} onClick={() => showPathsAs('table')}>
            <Rows3 size={15} />
          </IconButton>
          <IconButton label="Tree" aria-pressed={pathsAs === 'tree'} onClick={() => showPathsAs('tree')}>
            <ListTree size={15} />
          </IconButton>
        </fieldset>
      </div>
      <div className="choices">
        <Choice chosen={filter.show === 'all'} onClick={() => show('all')}>
          All
        </Choice>
        {ends.map(({ within, text, tone }) => {
          const count = ending?.[within] ?? 0;
          return (
            <Choice
              key={within}
              chosen={filter.show === within}
              tone={count > 0 ? tone : 'plain'}
              title={`Expires within ${within.slice(0, -1)} ${within === '1d' ? 'day' : 'days'}, or has expired`}
              onClick={() => show(within)}
            >
              {text} {count === 0 ? '' : count}
            </Choice>
          );
        })}
        <Choice chosen={filter.show === 'deleted'} onClick={() => show('deleted')}>
          Deleted
        </Choice>
        {tags.length === 0 ? null : (
          <select
            aria-label="Tag"
            className={`pill choice ${filter.tag === '' ? 'plain' : 'chosen'}`}
            value={filter.tag}
            onChange={(event) => onChange({ ...filter, tag: event.target.value })}
          >
            <option value="">All tags</option>
            {tags.map((tag) => (
              <option key={tag}>{tag}</option>
            ))}
          </select>
        )}
        {filter.show === 'all' && filter.tag === '' && filter.prefix === '' ? null : (
          <button type="button" className="clear-filter" onClick={() => onChange(everyPath)}>
            Clear
          </button>
        )}
      </div>
    </div>
  );
}
