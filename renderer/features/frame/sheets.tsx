import { useView } from '../../view-state.ts';
import { AddPersonal } from '../access/add-personal.tsx';
import { MintToken } from '../access/mint-token.tsx';
import { AddCapability } from '../capabilities/add-capability.tsx';
import { AddCredential } from '../capabilities/add-credential.tsx';
import { AddPath } from '../paths/add-path.tsx';
import { ImportPath } from '../paths/import-path.tsx';
import { AddSecret } from '../secrets/add-secret.tsx';
import { AliasesSecret } from '../secrets/aliases-secret.tsx';
import { ConnectAccount } from '../secrets/connect-account.tsx';
import { DeleteCredential } from '../secrets/delete-credential.tsx';
import { DeleteSecret } from '../secrets/delete-secret.tsx';
import { GroupsSecret } from '../secrets/groups-secret.tsx';
import { ImportSecrets } from '../secrets/import-secrets.tsx';
import { RenameSecret } from '../secrets/rename-secret.tsx';
import { RotateSecret } from '../secrets/rotate-secret.tsx';
import { ChooseAuditKeep } from '../settings/choose-audit-keep.tsx';
import { ChooseProxy } from '../settings/choose-proxy.tsx';
import { CreateBackup } from '../settings/create-backup.tsx';
import { RestoreBackup } from '../settings/restore-backup.tsx';
import { RotateMaster } from '../settings/rotate-master.tsx';
import { Shortcuts } from './shortcuts.tsx';

/** The dialog on top of the room, if one is open. */
export function Sheets() {
  const sheet = useView((view) => view.sheet);
  switch (sheet?.kind) {
    case undefined:
      return null;
    case 'add-secret':
      return <AddSecret name={sheet.name ?? ''} />;
    case 'import':
      return <ImportSecrets />;
    case 'connect':
      return <ConnectAccount provider={sheet.provider ?? ''} again={sheet.again ?? null} />;
    case 'rotate':
      return <RotateSecret secretId={sheet.about} />;
    case 'rename':
      return <RenameSecret secretId={sheet.about} />;
    case 'aliases':
      return <AliasesSecret secretId={sheet.about} />;
    case 'groups':
      return <GroupsSecret secretId={sheet.about} />;
    case 'delete-secret':
      return <DeleteSecret secretId={sheet.about} />;
    case 'delete-credential':
      return <DeleteCredential id={sheet.about} />;
    case 'mint':
      return <MintToken capability={sheet.capability} />;
    case 'add-personal':
      return <AddPersonal />;
    case 'add-path':
      return <AddPath />;
    case 'import-path':
      return <ImportPath path={sheet.path} />;
    case 'add-credential':
      return <AddCredential secretId={sheet.secretId ?? ''} />;
    case 'add-capability':
      return <AddCapability />;
    case 'rotate-master':
      return <RotateMaster />;
    case 'audit-keep':
      return <ChooseAuditKeep />;
    case 'proxy':
      return <ChooseProxy />;
    case 'backup':
      return <CreateBackup />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'restore':
      return <RestoreBackup />;
  }
}
