import { useId, useMemo, useState } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { EffectPill } from '../../ui/effect-pill.tsx';

interface PickerProps {
  readonly capabilities: readonly CapabilitySummary[];
  readonly loading: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** Ready capabilities with a check each; the fewer are chosen, the less a stolen token can do. */
export function CapabilityPicker({ capabilities, loading, chosen, onChange }: PickerProps) {
  const [search, setSearch] = useState('');
  const label = useId();
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const fits = capabilities.filter((one) => one.id.includes(wanted) || one.summary.toLowerCase().includes(wanted));
    return fits.slice(0, 200);
  }, [capabilities, search]);
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChange(next);
  };
  return (
    <fieldset className="picker">
      <legend id={label}>It may use</legend>
      <input
        type="search"
        className="input"
        aria-label="Filter capabilities"
        placeholder="Filter capabilities"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="lines scroll">
        {shown.map((one) => (
          <li key={one.id}>
            <label className="check">
              <input
                type="checkbox"
                checked={chosen.has(one.id)}
                onChange={(event) => toggle(one.id, event.target.checked)}
              />
              <span className="mono grow cut" title={one.summary}>
                {one.id}
              </span>
              <EffectPill effect={one.effect} />
            </label>
          </li>
        ))}
        {shown.length > 0 ? null : (
          <li className="muted">
            {loading
              ? ''
              : capabilities.length === 0
                ? 'Nothing is ready yet: add a secret first.'
                : 'No capability fits.'}
          </li>
        )}
      </ul>
    </fieldset>
  );
}
