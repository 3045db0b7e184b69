import { scopeNames } from '#contract/choices.ts';
import { AivaultError } from '#contract/errors.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { text } from './command.ts';

// --scope, --workspace-id and --group-id, as every command that has a place in the scopes takes them.

export const contextOptions = {
  'workspace-id': text('ID', 'The workspace.'),
  'group-id': text('ID', 'The group in that workspace.'),
} as const;

export const scopeOptions = {
  scope: text('SCOPE', 'global, workspace or group (default: global).', { choices: scopeNames }),
  ...contextOptions,
} as const;

/** A context as operations and callers take it. */
export interface CallContext {
  readonly workspaceId?: string;
  readonly groupId?: string;
}

interface ContextValues {
  readonly 'workspace-id': string | undefined;
  readonly 'group-id': string | undefined;
}
interface ScopeValues extends ContextValues {
  readonly scope: string | undefined;
}

const given = (written: string | undefined) => {
  const trimmed = written?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
};

/** The context flags; blank counts as not given. Throws `invalid_request` for a group without its workspace. */
export function readContext(values: ContextValues): CallContext {
  const workspaceId = given(values['workspace-id']);
  const groupId = given(values['group-id']);
  if (groupId !== undefined && workspaceId === undefined) {
    throw new AivaultError('invalid_request', '--group-id needs --workspace-id.');
  }
  return { ...(workspaceId === undefined ? {} : { workspaceId }), ...(groupId === undefined ? {} : { groupId }) };
}

/** The scope flags as one scope. Throws `invalid_request` naming the flag that is missing or one too many. */
export function readScope(values: ScopeValues): Scope {
  const { workspaceId, groupId } = readContext(values);
  const name = values.scope ?? 'global';
  if (name === 'global') {
    if (workspaceId !== undefined) {
      throw new AivaultError('invalid_request', '--workspace-id needs --scope workspace or --scope group.');
    }
    return 'global';
  }
  if (workspaceId === undefined) throw new AivaultError('invalid_request', `--scope ${name} needs --workspace-id.`);
  if (name === 'workspace') {
    if (groupId !== undefined) throw new AivaultError('invalid_request', '--group-id needs --scope group.');
    return { workspace: { workspace_id: workspaceId } };
  }
  if (groupId === undefined) throw new AivaultError('invalid_request', '--scope group needs --group-id.');
  return { group: { workspace_id: workspaceId, group_id: groupId } };
}
