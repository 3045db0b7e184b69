import { useCallback } from 'react';
import { type Act, useAct, useAnswers } from '../../query.ts';

/** Reads a value. Nobody announces a read, so what is shown about the path (when it was last read) is asked anew. */
export function useReadPath(): Act<'paths.read'> {
  const answers = useAnswers();
  const act = useAct('paths.read');
  const ask = act.run;
  const run = useCallback<Act<'paths.read'>['run']>(
    async (input, presencePassphrase) => {
      const value = await ask(input, presencePassphrase);
      if (value !== undefined) answers.markStale('paths.changed');
      return value;
    },
    [ask, answers],
  );
  return { ...act, run };
}
