import { z } from 'zod';

/** A workspace or group id: what a person would name a project. Letters, digits, dot, dash, underscore. */
export const contextId = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore; at most 64');

/** Where a secret lives, in the shape the command line prints: `"global"`, `{workspace:{…}}` or `{group:{…}}`. */
export const scope = z.union([
  z.literal('global'),
  z.strictObject({ workspace: z.strictObject({ workspace_id: contextId }) }),
  z.strictObject({ group: z.strictObject({ workspace_id: contextId, group_id: contextId }) }),
]);
export type Scope = z.output<typeof scope>;

/** The context a call runs in: it comes from the token, or for the CLI from its flags. A group needs its workspace. */
export const context = z
  .strictObject({ workspaceId: contextId.optional(), groupId: contextId.optional() })
  .refine((value) => value.groupId === undefined || value.workspaceId !== undefined, 'a group needs its workspace');
export type Context = z.output<typeof context>;

export const groupAttachment = z.strictObject({ workspaceId: contextId, groupId: contextId });
export type GroupAttachment = z.output<typeof groupAttachment>;
