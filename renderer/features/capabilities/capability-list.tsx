import { useDeferredValue, useMemo, useState } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { useAsk } from '../../query.ts';
import { EffectPill } from '../../ui/effect-pill.tsx';
import { List } from '../../ui/list.tsx';
import { Choice } from '../../ui/pill.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useView } from '../../view-state.ts';

type FilterName = 'all' | 'ready' | 'available' | 'off';
type Line =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string; readonly note: string }
  | { readonly kind: 'capability'; readonly id: string; readonly capability: CapabilitySummary };

const filters: readonly { name: FilterName; text: string; fits: (one: CapabilitySummary) => boolean }[] = [
  { name: 'all', text: 'All', fits: () => true },
  { name: 'ready', text: 'Ready', fits: (one) => one.ready && one.enabled },
  { name: 'available', text: 'Available', fits: (one) => !one.ready && one.enabled },
  { name: 'off', text: 'Disabled', fits: (one) => !one.enabled },
];

export function CapabilityList({ list }: { readonly list: readonly CapabilitySummary[] | undefined }) {
  const [filter, setFilter] = useState<FilterName>('all');
  const [category, setCategory] = useState('');
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const selected = useView((view) => view.selected.capabilities);
  const select = useView((view) => view.select);
  const providers = useAsk('providers.list', {}).value?.providers;
  const names = useMemo(() => new Map((providers ?? []).map((one) => [one.provider, one.name])), [providers]);
  const all = list ?? [];
  const categories = useMemo(() => [...new Set((list ?? []).map((one) => one.category))].sort(), [list]);
  const fits = filters.find((one) => one.name === filter)?.fits;
  const lines = useMemo(() => {
    const shown = (list ?? []).filter(
      (one) =>
        (fits?.(one) ?? true) &&
        (category === '' || one.category === category) &&
        `${one.id} ${names.get(one.provider) ?? ''} ${one.summary}`.toLowerCase().includes(wanted),
    );
    return grouped(shown, names);
  }, [list, fits, category, wanted, names]);

  return (
    <>
      <div className="list-tools">
        <div className="row">
          <div className="grow">
            <SearchField label="Filter capabilities" value={search} onChange={setSearch} />
          </div>
          <select
            className="input short"
            aria-label="Category"
            value={category}
            onChange={(event) => setCategory(event.target.value)}
          >
            <option value="">Any category</option>
            {categories.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </div>
        <div className="choices">
          {filters.map(({ name, text, fits: wants }) => {
            const count = all.filter(wants).length;
            return name !== 'all' && count === 0 ? null : (
              <Choice key={name} chosen={filter === name} onClick={() => setFilter(name === filter ? 'all' : name)}>
                {text} {count.toLocaleString('en-GB')}
              </Choice>
            );
          })}
        </div>
      </div>
      {list === undefined ? (
        <Skeleton rows={10} height={44} />
      ) : lines.length === 0 ? (
        <p className="none muted">No capability fits. Ids, providers and summaries are searched.</p>
      ) : (
        <List
          label="Capabilities"
          items={lines}
          idOf={(line) => line.id}
          rowHeight={44}
          isHeading={(line) => line.kind === 'heading'}
          selected={selected}
          onSelect={select}
          row={(line) =>
            line.kind === 'heading' ? (
              <Heading text={line.text} note={line.note} />
            ) : (
              <CapabilityLine one={line.capability} />
            )
          }
        />
      )}
    </>
  );
}

/** Providers with something ready first, then by name; within one, as the host orders them. */
function grouped(shown: readonly CapabilitySummary[], names: ReadonlyMap<string, string>): Line[] {
  const groups = new Map<string, CapabilitySummary[]>();
  for (const one of shown) {
    const group = groups.get(one.provider);
    if (group === undefined) groups.set(one.provider, [one]);
    else group.push(one);
  }
  const readyFirst = (group: readonly CapabilitySummary[]) => (group.some((one) => one.ready && one.enabled) ? 0 : 1);
  const sorted = [...groups].sort(
    ([a, left], [b, right]) => readyFirst(left) - readyFirst(right) || a.localeCompare(b),
  );
  return sorted.flatMap(([provider, group]): Line[] => {
    const ready = group.filter((one) => one.ready && one.enabled).length;
    const note = ready === 0 ? 'available' : ready === group.length ? 'ready' : `${ready} of ${group.length} ready`;
    return [
      { kind: 'heading', id: `heading ${provider}`, text: names.get(provider) ?? provider, note },
      ...group.map((capability): Line => ({ kind: 'capability', id: capability.id, capability })),
    ];
  });
}

function Heading({ text, note }: { readonly text: string; readonly note: string }) {
  return (
    <span className="row grow">
      <span className="strong cut">{text}</span>
      <span className="muted small end">{note}</span>
    </span>
  );
}

function CapabilityLine({ one }: { readonly one: CapabilitySummary }) {
  const name = one.id.slice(one.provider.length + 1);
  const state = !one.enabled ? 'disabled' : one.ready ? 'ready' : 'available';
  return (
    <>
      <span className={`dot ${!one.enabled ? 'bad' : one.ready ? 'good' : ''}`} />
      <span className="unseen">{state}: </span>
      <span className="mono cut grow" title={one.summary}>
        <span className="unseen">{one.provider}/</span>
        {name}
      </span>
      <EffectPill effect={one.effect} />
    </>
  );
}
