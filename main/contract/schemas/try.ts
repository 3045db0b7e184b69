import { z } from 'zod';
import { capabilityId, credentialId } from './catalog.ts';

/** One request through the ten stages, as the window sends it, its answer capped for a screen. */
export const tryInput = z.strictObject({
  capability: capabilityId,
  credential: credentialId.optional(),
  method: z.string().max(32).optional(),
  path: z
    .string()
    .max(8 * 1024)
    .optional(),
  headers: z
    .array(z.strictObject({ name: z.string().max(256), value: z.string().max(16 * 1024) }))
    .max(64)
    .default([]),
  body: z
    .string()
    .max(1024 * 1024)
    .optional(),
});
export const tryAnswer = z.strictObject({
  status: z.int(),
  statusText: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  /** Redacted like every answer; the first 256 KiB as text. */
  body: z.string(),
  truncated: z.boolean(),
  bytes: z.int(),
  tookMs: z.number(),
  /** Set where the broker refused: code and sentence. */
  refusal: z.strictObject({ error: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  sent: z.strictObject({ method: z.string(), url: z.string(), credential: z.string() }).nullable(),
});
export type TryAnswer = z.output<typeof tryAnswer>;
