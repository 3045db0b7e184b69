import type { Effect } from '#contract/schemas/catalog.ts';
import { Pill } from './pill.tsx';

const tones = { read: 'good', write: 'plain', destructive: 'bad' } as const;

export function EffectPill({ effect }: { readonly effect: Effect }) {
  return <Pill tone={tones[effect]}>{effect}</Pill>;
}
