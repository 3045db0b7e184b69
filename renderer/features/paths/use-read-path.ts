import { useCallback } from 'react';
import { useAnswers } from '../../query.ts';
import { type ProvenAct, useProvenAct } from '../../ui/presence-field.tsx';

/** Reads a value. Nobody announces a read, so what is shown about the path (when it was last read) is asked anew. */
export function useReadPath(): ProvenAct<'paths.read'> {
  const answers = useAnswers();
  const act = useProvenAct('paths.read');
  const ask = act.run;
  const run = useCallback<ProvenAct<'paths.read'>['run']>(
    async (input) => {
      const value = await ask(input);
      if (value !== undefined) answers.markStale('paths.changed');
      return value;
    },
    [ask, answers],
  );
  return { ...act, run };
}
