import { X } from 'lucide-react';
import { useState } from 'react';
import { useAct } from '../../query.ts';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { useView } from '../../view-state.ts';
import { useSecretRow } from './use-secret-rows.ts';

/** The workspace a secret lives in is the one its groups are in. */
function homeOf(row: NonNullable<ReturnType<typeof useSecretRow>>): string {
  const { scope } = row.secret;
  if (scope === 'global') return '';
  return 'workspace' in scope ? scope.workspace.workspace_id : scope.group.workspace_id;
}

export function GroupsSecret({ secretId }: { readonly secretId: string }) {
  const row = useSecretRow(secretId);
  const [workspace, setWorkspace] = useState<string | null>(null);
  const [group, setGroup] = useState('');
  const attach = useAct('secrets.attachGroup');
  const detach = useAct('secrets.detachGroup');
  const open = useView((view) => view.open);
  if (row === undefined) return null;
  const workspaceId = (workspace ?? homeOf(row)).trim();
  const complete = workspaceId !== '' && group.trim() !== '';
  return (
    <Dialog title={`Groups that may use ${row.secret.name}`} onClose={() => open(null)}>
      <DialogForm
        submit="Attach group"
        ready={complete}
        busy={attach.busy}
        error={attach.error ?? detach.error}
        onSubmit={() => {
          void attach.run({ secretId, workspaceId, groupId: group.trim() }).then((done) => {
            if (done !== undefined) setGroup('');
          });
        }}
        onClose={() => open(null)}
        leave="Done"
      >
        {row.secret.attachedGroups.length === 0 ? (
          <p className="muted">None. Attaching only adds a group; it takes nothing from anybody.</p>
        ) : (
          <ul className="lines">
            {row.secret.attachedGroups.map((one) => (
              <li key={`${one.workspaceId}/${one.groupId}`} className="row">
                <span className="mono grow wrap">
                  {one.workspaceId} / {one.groupId}
                </span>
                <IconButton
                  label={`Detach ${one.workspaceId} / ${one.groupId}`}
                  onClick={() => void detach.run({ secretId, workspaceId: one.workspaceId, groupId: one.groupId })}
                >
                  <X size={14} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <div className="pair">
          <TextField
            label="Workspace"
            mono
            value={workspace ?? homeOf(row)}
            maxLength={64}
            onChange={(event) => setWorkspace(event.target.value)}
          />
          <TextField
            label="Group"
            mono
            value={group}
            maxLength={64}
            onChange={(event) => setGroup(event.target.value)}
          />
        </div>
      </DialogForm>
    </Dialog>
  );
}
