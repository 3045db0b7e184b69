import { z } from 'zod';
import { operation } from '../operation.ts';

export const consoleOperations = {
  'console.open': operation({
    summary: 'Serve the window to a browser on this machine until nobody has used it for 15 minutes.',
    input: z.strictObject({}),
    output: z.strictObject({
      /** `http://127.0.0.1:<port>`: of no use without the code in the file. */
      baseUrl: z.string(),
      /** A 0600 page that takes a browser of this user there, once, within two minutes. */
      redirectFile: z.string(),
    }),
    access: 'operator',
    vault: 'unless-locked',
    effect: 'write',
  }),
};
