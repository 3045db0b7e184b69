import { z } from 'zod';
import { type ErrorCode, errorTable } from '../errors.ts';

/** A refusal that is part of an answer: what went wrong with something asked for earlier (`ErrorBody` in errors.ts). */
export const errorBody = z.strictObject({
  error: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  hint: z.string().exactOptional(),
  retryAfterSeconds: z.number().exactOptional(),
  reason: z.string().exactOptional(),
  scope: z.string().exactOptional(),
});
