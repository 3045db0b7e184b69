import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ErrorBody } from '#contract/errors.ts';
import { nextStep } from './next-step.ts';

interface ProblemProps {
  readonly error: ErrorBody | undefined;
  /** A better next step than the usual one, where this screen has it. */
  readonly next?: string | undefined;
  readonly children?: ReactNode;
}

/** A refusal as a sentence with its next step. The code stands behind it, because docs and CLI use the same one. */
export function Problem({ error, next, children }: ProblemProps) {
  if (error === undefined) return null;
  const step = next ?? nextStep(error);
  return (
    <div className="problem" role="alert">
      <TriangleAlert size={16} aria-hidden="true" />
      <div className="grow">
        <p className="wrap">{error.message}</p>
        {step === undefined ? null : <p className="wrap next">{step}</p>}
        {children}
      </div>
      <code>{error.error}</code>
    </div>
  );
}
