import { z } from 'zod';

// What a client of the control socket sends beside the raw body of an invocation. The host reads it strictly: a question
// arrives from another process, even where that process is the operator's own.

const id = z.string().max(256);

export const incomingHead = z.strictObject({
  door: z.enum(['envelope', 'pass-through']),
  caller: z.union([
    z.strictObject({ kind: z.literal('bearer') }),
    z.strictObject({
      kind: z.literal('operator'),
      via: z.enum(['cli', 'window', 'console']),
      workspaceId: id.optional(),
      groupId: id.optional(),
      consumer: id.optional(),
    }),
  ]),
  method: z.string().min(1).max(32),
  target: z
    .string()
    .min(1)
    .max(64 * 1024),
  headers: z.array(z.tuple([z.string().max(256), z.string().max(16 * 1024)])).max(256),
  envelope: z.unknown().optional(),
  timeoutMs: z.int().positive().optional(),
  /** Whether raw body bytes follow; an empty body is not the same as none. */
  hasBody: z.boolean(),
});
