import type { Context, Scope } from '#contract/schemas/scope.ts';

// Who sees what: a thing belongs to everybody, to a workspace, or to one group in it. Decided here alone, because tokens,
// catalog and broker must never disagree about it.

/** The context that ids of a row or an input name; absent parts are left out. */
export function contextOf(ids: {
  readonly workspaceId?: string | null | undefined;
  readonly groupId?: string | null | undefined;
}): Context {
  return {
    ...(ids.workspaceId == null ? {} : { workspaceId: ids.workspaceId }),
    ...(ids.groupId == null ? {} : { groupId: ids.groupId }),
  };
}

/** The context a scope belongs to. */
export function scopeContext(scope: Scope): Context {
  if (scope === 'global') return {};
  if ('workspace' in scope) return { workspaceId: scope.workspace.workspace_id };
  return { workspaceId: scope.group.workspace_id, groupId: scope.group.group_id };
}

/** The scope of a context. */
export function contextScope({ workspaceId, groupId }: Context): Scope {
  if (workspaceId === undefined) return 'global';
  if (groupId === undefined) return { workspace: { workspace_id: workspaceId } };
  return { group: { workspace_id: workspaceId, group_id: groupId } };
}

/** How specific a context is: 2 a group, 1 a workspace, 0 everybody. */
export function depth(context: Context): 0 | 1 | 2 {
  if (context.groupId !== undefined) return 2;
  return context.workspaceId === undefined ? 0 : 1;
}

/** Whether what belongs to `owner` is visible in `context`: what is everybody's always, the rest by exact ids. */
export function visibleIn(owner: Context, context: Context): boolean {
  if (owner.workspaceId !== undefined && owner.workspaceId !== context.workspaceId) return false;
  return owner.groupId === undefined || owner.groupId === context.groupId;
}
