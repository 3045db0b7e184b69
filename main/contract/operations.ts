// THE table: everything the operator plane can be asked. Call, Handlers and Dispatch are derived from it, so a missing
// handler, an unknown name or a wrong input does not compile. Names are strings on purpose: they grep everywhere.

import { approvalOperations } from './operations/approvals.ts';
import { auditOperations } from './operations/audit.ts';
import { backupOperations } from './operations/backup.ts';
import { catalogOperations } from './operations/catalog.ts';
import { consoleOperations } from './operations/console.ts';
import { hostOperations } from './operations/host.ts';
import { oauthOperations } from './operations/oauth.ts';
import { pathOperations } from './operations/paths.ts';
import { registryOperations } from './operations/registry.ts';
import { secretOperations } from './operations/secrets.ts';
import { tokenOperations } from './operations/tokens.ts';
import { vaultOperations } from './operations/vault.ts';

export const operations = {
  ...vaultOperations,
  ...secretOperations,
  ...catalogOperations,
  ...oauthOperations,
  ...registryOperations,
  ...tokenOperations,
  ...approvalOperations,
  ...pathOperations,
  ...auditOperations,
  ...backupOperations,
  ...hostOperations,
  ...consoleOperations,
};

export type OperationName = keyof typeof operations;

/** Whether a name that arrived from outside is a row of the table. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
