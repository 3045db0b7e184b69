import type { ComponentProps, ReactNode } from 'react';
import { useSlow } from './skeleton.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  /** `main` is the one thing to do here; `quiet` has no frame; `bad` destroys. */
  readonly tone?: 'plain' | 'main' | 'quiet' | 'bad';
  readonly icon?: ReactNode;
  /** While the host works. After 300 ms a line runs along the lower edge; the button keeps its size. */
  readonly busy?: boolean;
}

/** A button. Busy and `aria-disabled` ones stay focusable and ignore presses, so that focus is never lost under the person's hands. */
export function Button({
  tone = 'plain',
  icon,
  busy = false,
  children,
  onClick,
  className = '',
  ...rest
}: ButtonProps) {
  const slow = useSlow(busy);
  const resting = busy || rest['aria-disabled'] === true;
  return (
    <button
      type="button"
      {...rest}
      className={`button ${tone} ${busy ? 'busy' : ''} ${slow ? 'slow' : ''} ${className}`}
      aria-busy={busy || undefined}
      aria-disabled={resting || undefined}
      onClick={resting ? (event) => event.preventDefault() : onClick}
    >
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does, for screen readers and the tooltip. */
  readonly label: string;
  readonly framed?: boolean;
}

export function IconButton({ label, framed = false, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`icon-button ${framed ? 'framed' : ''} ${className}`}
    />
  );
}
