import type { Scope } from './schemas/scope.ts';

// Beside the schemas and not among them, because the CLI prints scopes and loads no schema.

/** `global`, `workspace:<w>` or `group:<w>:<g>`: how a scope reads in a list. Safe: neither id can hold a colon. */
export function scopeText(value: Scope): string {
  if (value === 'global') return 'global';
  if ('workspace' in value) return `workspace:${value.workspace.workspace_id}`;
  return `group:${value.group.workspace_id}:${value.group.group_id}`;
}
