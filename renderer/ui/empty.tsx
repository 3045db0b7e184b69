import type { ReactNode } from 'react';
import { Snippet } from './copy-button.tsx';

interface EmptyProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The same step in the terminal. */
  readonly command?: string;
  readonly action?: ReactNode;
}

/** An empty place teaches its next step. */
export function Empty({ title, children, command, action }: EmptyProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="muted">{children}</p>
      {command === undefined ? null : <Snippet text={command} label="command" />}
      {action}
    </div>
  );
}
