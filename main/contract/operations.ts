// THE table: everything the operator plane can be asked. Call, Handlers and Dispatch are derived from it, so a missing
// handler, an unknown name or a wrong input does not compile. Names are strings on purpose: they grep everywhere.

import { accessOperations } from './operations/access.ts';
import { careOperations } from './operations/care.ts';
import { catalogOperations } from './operations/catalog.ts';
import { consoleOperations } from './operations/console.ts';
import { deskOperations } from './operations/desk.ts';
import { oauthOperations } from './operations/oauth.ts';
import { pathOperations } from './operations/paths.ts';
import { secretOperations } from './operations/secrets.ts';
import { vaultOperations } from './operations/vault.ts';

export const operations = {
  ...vaultOperations,
  ...secretOperations,
  ...catalogOperations,
  ...accessOperations,
  ...careOperations,
  ...consoleOperations,
  ...deskOperations,
  ...oauthOperations,
  ...pathOperations,
};

export type Operations = typeof operations;
export type OperationName = keyof Operations;

/** Whether a name that arrived from outside is a row of the table. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
