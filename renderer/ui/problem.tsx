import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ErrorBody } from '#contract/errors.ts';

/** A refusal as a sentence with its next step. The code stands behind it, because docs and CLI use the same one. */
export function Problem({ error, children }: { readonly error: ErrorBody | undefined; readonly children?: ReactNode }) {
  if (error === undefined) return null;
  return (
    <div className="problem" role="alert">
      <TriangleAlert size={16} aria-hidden="true" />
      <div className="grow">
        <p className="wrap">{error.message}</p>
        {error.hint === undefined ? null : <p className="wrap next">{error.hint}</p>}
        {children}
      </div>
      <code>{error.error}</code>
    </div>
  );
}
