import type { ComponentProps, ReactNode } from 'react';

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

/** A state in one word. Colour means something: good = allowed or ready, warn = needs you, bad = refused or destructive. */
export function Pill({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`pill ${tone}`}>{children}</span>;
}

interface ChoiceProps extends ComponentProps<'button'> {
  readonly chosen: boolean;
  readonly tone?: Tone;
}

/** A filter that is on or off. */
export function Choice({ chosen, tone = 'plain', ...rest }: ChoiceProps) {
  return <button type="button" {...rest} aria-pressed={chosen} className={`pill choice ${chosen ? 'chosen' : tone}`} />;
}
