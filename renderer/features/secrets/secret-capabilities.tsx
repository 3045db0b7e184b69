import { useMemo, useState } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { EffectPill } from '../../ui/effect-pill.tsx';
import { useView } from '../../view-state.ts';
import type { SecretRow } from './readiness.ts';

const firstShown = 8;
const none: readonly CapabilitySummary[] = [];

/** What tools can do with this secret. */
export function SecretCapabilities({ row }: { readonly row: SecretRow }) {
  const go = useView((view) => view.go);
  const [all, setAll] = useState(false);
  const provider = row.secret.pinnedProvider ?? row.credentials[0]?.provider;
  const list = useAsk('capabilities.list', provider === undefined ? null : { provider }).value?.capabilities ?? none;
  const shown = useMemo(() => (all ? list : list.slice(0, firstShown)), [all, list]);
  if (provider === undefined || list.length === 0) return null;
  const ready = list.filter((capability) => capability.ready && capability.enabled).length;
  return (
    <section className="block-section">
      <h3>
        Capabilities{' '}
        <span className="muted plain">
          {list.length}, {ready === list.length ? 'all ready' : `${ready} ready`}
        </span>
      </h3>
      <ul className="capability-lines">
        {shown.map((capability) => (
          <li key={capability.id}>
            <button type="button" onClick={() => go('capabilities', capability.id)}>
              <span className="mono cut">{capability.id}</span>
              <span className="muted cut">{capability.methods.join(' ')}</span>
              <span className="mono muted cut" title={capability.paths.join('\n')}>
                {capability.paths[0]}
                {capability.paths.length > 1 ? ` +${capability.paths.length - 1}` : ''}
              </span>
              <EffectPill effect={capability.effect} />
            </button>
          </li>
        ))}
      </ul>
      {list.length > firstShown && !all ? (
        <Button tone="quiet" onClick={() => setAll(true)}>
          Show all {list.length}
        </Button>
      ) : null}
    </section>
  );
}
