import { useState } from 'react';
import type { Scope } from '#contract/schemas/scope.ts';
import { SelectField, TextField } from '../../ui/field.tsx';

type Kind = 'global' | 'workspace' | 'group';

interface ScopeFieldProps {
  /** Null while an id is missing. */
  readonly onChange: (scope: Scope | null) => void;
}

/** Where a secret lives: everywhere, in one workspace, or in one group of it. */
export function ScopeField({ onChange }: ScopeFieldProps) {
  const [kind, setKind] = useState<Kind>('global');
  const [workspace, setWorkspace] = useState('');
  const [group, setGroup] = useState('');
  const change = (next: { kind?: Kind; workspace?: string; group?: string }) => {
    const now = { kind, workspace, group, ...next };
    setKind(now.kind);
    setWorkspace(now.workspace);
    setGroup(now.group);
    onChange(scopeOf(now.kind, now.workspace.trim(), now.group.trim()));
  };
  return (
    <div className="scope-field">
      <SelectField label="Scope" value={kind} onChange={(event) => change({ kind: event.target.value as Kind })}>
        <option value="global">Global: every caller</option>
        <option value="workspace">Workspace: only its callers</option>
        <option value="group">Group: only its callers</option>
      </SelectField>
      {kind === 'global' ? null : (
        <TextField
          label="Workspace"
          mono
          value={workspace}
          maxLength={64}
          onChange={(event) => change({ workspace: event.target.value })}
        />
      )}
      {kind === 'group' ? (
        <TextField
          label="Group"
          mono
          value={group}
          maxLength={64}
          onChange={(event) => change({ group: event.target.value })}
        />
      ) : null}
    </div>
  );
}

function scopeOf(kind: Kind, workspace: string, group: string): Scope | null {
  if (kind === 'global') return 'global';
  if (workspace === '') return null;
  if (kind === 'workspace') return { workspace: { workspace_id: workspace } };
  return group === '' ? null : { group: { workspace_id: workspace, group_id: group } };
}
