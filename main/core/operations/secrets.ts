import { AivaultError } from '#contract/errors.ts';
import type { Context } from '#contract/schemas/scope.ts';
import type { Notice } from '#contract/schemas/secrets.ts';
import { scopeText } from '#contract/scope-text.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { scopeContext } from '../policy/context.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { importSecrets } from './import-secrets.ts';
import { deleteSecret, previewDelete } from './secret-cascade.ts';
import { valueWarnings } from './secret-value.ts';
import { liveSecret, type Services } from './services.ts';
import { createdNotices, createSecret, metadataOf, provision, rotateSecret } from './store-secret.ts';

type SecretRows =
  | 'secrets.list'
  | 'secrets.create'
  | 'secrets.update'
  | 'secrets.rotate'
  | 'secrets.deletePreview'
  | 'secrets.delete'
  | 'secrets.attachGroup'
  | 'secrets.detachGroup'
  | 'secrets.import';

export function secretHandlers(services: Services): Pick<CoreHandlers, SecretRows> {
  const { secrets } = services;
  const metadata = (row: SecretRow) => metadataOf(services, row);
  const answer = (row: SecretRow, notices: Notice[] = []) => ({ secret: metadata(row), notices });

  return {
    'secrets.list': async (filter) => ({
      secrets: [...secrets.live()]
        .filter((row) => !row.systemManaged && matches(row, filter))
        .map(metadata)
        .sort((a, b) => compare(a.name, b.name) || compare(scopeText(a.scope), scopeText(b.scope))),
    }),

    'secrets.create': async ({ name, value, scope, aliases }, call) => {
      const row = await createSecret(services, { name, value, scope, aliases });
      call.note({ secretId: row.secretId, scope: row.scope });
      return answer(row, createdNotices(services, row, value));
    },

    'secrets.update': async ({ secretId, name, aliases }, call) => {
      call.note({ secretId });
      const row = await services.change((tx) => {
        let after = liveSecret(secrets, secretId);
        if (name !== undefined && name !== after.name) {
          refuseClaimed(services, after.name, 'The name ties this secret to its provider, so it cannot be renamed.');
          refuseClaimed(services, name, 'This name belongs to a provider, so a secret cannot be renamed to it.');
          after = secrets.rename(tx, secretId, name);
        }
        return aliases === undefined ? after : secrets.setAliases(tx, secretId, aliases);
      }, 'secrets.changed');
      return answer(row);
    },

    'secrets.rotate': async ({ secretId, value }, call) => {
      call.note({ secretId });
      const row = await rotateSecret(services, secretId, value);
      return answer(row, [
        ...provision(services, row, 'rotated'),
        ...valueWarnings(services.registry, row.name, value),
      ]);
    },

    'secrets.deletePreview': async ({ secretId }) => {
      const row = liveSecret(secrets, secretId);
      return { secret: metadata(row), ...previewDelete(services, row) };
    },

    'secrets.delete': async ({ secretId }, call) => {
      call.note({ secretId });
      const { row, notices } = await deleteSecret(services, secretId);
      return answer(row, notices);
    },

    'secrets.attachGroup': async ({ secretId, workspaceId, groupId }, call) => {
      call.note({ secretId, workspaceId, groupId });
      const group = { workspaceId, groupId };
      const row = await services.change(
        (tx) => {
          const own = liveSecret(secrets, secretId);
          for (const other of secrets.live()) {
            const clash = other.secretId !== secretId && other.name === own.name && isAttached(other, group);
            if (clash)
              throw new AivaultError('already_exists', 'Another secret of this name is attached to the group already.');
          }
          return secrets.attach(tx, secretId, group);
        },
        'secrets.changed',
        'credentials.changed',
      );
      return answer(row);
    },

    'secrets.detachGroup': async ({ secretId, workspaceId, groupId }, call) => {
      call.note({ secretId, workspaceId, groupId });
      const row = await services.change(
        (tx) => {
          liveSecret(secrets, secretId);
          return secrets.detach(tx, secretId, { workspaceId, groupId });
        },
        'secrets.changed',
        'credentials.changed',
      );
      return answer(row);
    },

    'secrets.import': ({ entries, scope }, call) => importSecrets(services, entries, scope, call),
  };
}

function refuseClaimed(services: Services, name: string, reason: string): void {
  const claim = services.registry.bySecretName(name);
  if (claim === undefined) return;
  throw new AivaultError('policy_violation', reason, {
    hint: `The registry uses it for ${claim.provider.provider}. Create a new secret under the name you want and delete the old one.`,
  });
}

function matches(row: SecretRow, filter: Context & { scope?: 'global' | 'workspace' | 'group' | undefined }): boolean {
  const context = scopeContext(row.scope);
  const kind = context.groupId !== undefined ? 'group' : context.workspaceId !== undefined ? 'workspace' : 'global';
  if (filter.scope !== undefined && filter.scope !== kind) return false;
  if (filter.workspaceId !== undefined && filter.workspaceId !== context.workspaceId) return false;
  return filter.groupId === undefined || filter.groupId === context.groupId;
}

function isAttached(row: SecretRow, group: { workspaceId: string; groupId: string }): boolean {
  return row.attachedGroups.some((each) => each.workspaceId === group.workspaceId && each.groupId === group.groupId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
