import { type Asker, actorText } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { Announce } from '#contract/events.ts';
import { identityOf } from '#contract/identity.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { PersonalScope } from '#contract/schemas/tokens.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { authorise, coversPath, type PersonalGrant } from '../paths/path-access.ts';
import { type AuditReader, pathAuditPage } from '../paths/path-audit.ts';
import type { CursorSeal } from '../paths/path-cursor.ts';
import { beginsPath, checkPath, pathFault } from '../paths/path-grammar.ts';
import type { PathPage, PathSecrets } from '../paths/path-secrets.ts';

type Facts = Partial<Pick<AuditEntry, 'secretPath' | 'version' | 'code' | 'tokenId' | 'presence'>>;

interface OpenPathEntry {
  close(outcome: 'done' | 'refused' | 'failed', facts: Facts): Promise<void>;
}

export interface PathHandlersDeps {
  readonly paths: PathSecrets;
  readonly cursors: CursorSeal;
  /** The grant of a live personal token; throws `token_invalid` where it died meanwhile. */
  readonly personal: (tokenId: string) => PersonalGrant;
  /** Durable when it resolves; throws `audit_unavailable` where it cannot be written. */
  readonly audit: (asker: Asker, kind: string, outcome: 'done' | 'refused' | 'failed', facts: Facts) => Promise<void>;
  /** Announces a change before it is made; throws `audit_unavailable` where it cannot. What is never closed is `unknown`. */
  readonly begin: (asker: Asker, kind: string, facts: Facts) => Promise<OpenPathEntry>;
  readonly auditReader: AuditReader;
  readonly announce: Announce;
}

type PathRows =
  | 'paths.write'
  | 'paths.rotate'
  | 'paths.read'
  | 'paths.list'
  | 'paths.describe'
  | 'paths.versions'
  | 'paths.delete'
  | 'paths.restore'
  | 'tokens.whoami'
  | 'audit.logs';

const refusals: ReadonlySet<string> = new Set(['policy_violation', 'presence_required']);
const changes: ReadonlySet<string> = new Set([
  'path.write',
  'path.rotate',
  'path.delete',
  'path.destroy',
  'path.restore',
]);

/** Handlers of path secrets: authorise, act, write down. A value leaves only after its entry is on disk. */
export function pathHandlers(deps: PathHandlersDeps): Pick<CoreHandlers, PathRows> {
  const { paths } = deps;

  const grantOf = (asker: Asker): PersonalGrant | null =>
    asker.actor.kind === 'agent' ? deps.personal(asker.actor.tokenId) : null;

  /** The entry of an agent names its token as the entry of a call does, so that who asked can be looked up the same way. */
  const tokenOf = ({ actor }: Asker): Facts => (actor.kind === 'agent' ? { tokenId: actor.tokenId } : {});
  const record: PathHandlersDeps['audit'] = (asker, kind, outcome, facts) =>
    deps.audit(asker, kind, outcome, { ...facts, ...tokenOf(asker) });

  /** Runs one act on one path and writes down how it ended; `about` is what else is known, which the act may add to. */
  const onPath = async <R extends object>(
    asker: Asker,
    kind: string,
    scope: PersonalScope,
    path: string,
    act: () => R | Promise<R>,
    about: Facts = {},
  ): Promise<R> => {
    // A text that is no path is not repeated in the log.
    const named = pathFault(path) === null ? { secretPath: path } : {};
    // What cannot be announced is not changed. A look needs no announcement: nothing of it leaves before its entry is written.
    const entry = changes.has(kind) ? await deps.begin(asker, kind, { ...named, ...about, ...tokenOf(asker) }) : null;
    const close: OpenPathEntry['close'] = (outcome, facts) =>
      entry === null ? record(asker, kind, outcome, { ...named, ...about, ...facts }) : entry.close(outcome, facts);
    let result: R;
    try {
      authorise(grantOf(asker), scope, checkPath(path));
      result = await act();
    } catch (error) {
      const code = error instanceof AivaultError ? error.code : 'internal';
      await close(refusals.has(code) ? 'refused' : 'failed', { code });
      throw error;
    }
    await close('done', 'version' in result && typeof result.version === 'number' ? { version: result.version } : {});
    return result;
  };

  /** The same for acts on no single path: only the scope is at stake. `under` is where they look. */
  const authoriseScope = async (
    asker: Asker,
    kind: string,
    scope: PersonalScope,
    under: Facts,
  ): Promise<PersonalGrant | null> => {
    const grant = grantOf(asker);
    try {
      authorise(grant, scope, null);
    } catch (error) {
      await record(asker, kind, 'refused', { ...under, code: 'policy_violation' });
      throw error;
    }
    return grant;
  };

  return {
    'tokens.whoami': async (_input, asker) => {
      const grant = grantOf(asker);
      return {
        identityId: identityOf(actorText(asker.actor)),
        identityType: 'user',
        tokenId: grant?.tokenId ?? null,
        scopes: grant === null ? [] : [...grant.scopes],
        expiresAtMs: grant?.expiresAtMs ?? null,
      };
    },

    'paths.write': async (input, asker) => {
      const written = await onPath(asker, 'path.write', 'secrets:write', input.path, () =>
        paths.write(input, actorText(asker.actor)),
      );
      deps.announce('paths.changed');
      return written;
    },

    'paths.rotate': async (input, asker) => {
      const written = await onPath(asker, 'path.rotate', 'secrets:rotate', input.path, () =>
        paths.rotate(input, actorText(asker.actor)),
      );
      deps.announce('paths.changed');
      return written;
    },

    'paths.read': ({ path, version }, call) => {
      const about: Facts = version === undefined ? {} : { version };
      const read = async () => {
        // In here and not before: who could not prove it is in the log with the path they asked for.
        const presence = await call.prove();
        if (presence !== undefined) about.presence = presence;
        return paths.read(path, version);
      };
      return onPath(call, 'path.read', 'secrets:read', path, read, about);
    },

    'paths.list': async (input, asker) => {
      const under = beginsPath(input.prefix) ? { secretPath: input.prefix } : {};
      const grant = await authoriseScope(asker, 'path.list', 'secrets:list', under);
      let page: PathPage;
      try {
        page = paths.list({ ...input, visible: (path) => grant === null || coversPath(grant, path) });
      } catch (error) {
        const code = error instanceof AivaultError ? error.code : 'internal';
        await record(asker, 'path.list', 'failed', { ...under, code });
        throw error;
      }
      await record(asker, 'path.list', 'done', under);
      return page;
    },

    'paths.describe': ({ path }, asker) =>
      onPath(asker, 'path.describe', 'secrets:list', path, () => paths.describe(path)),

    'paths.versions': ({ path }, asker) =>
      onPath(asker, 'path.describe', 'secrets:list', path, () => ({ path, versions: paths.versions(path) })),

    'paths.delete': async ({ path, permanent }, asker) => {
      const gone = await onPath(
        asker,
        permanent ? 'path.destroy' : 'path.delete',
        'secrets:delete',
        path,
        async () => ({
          path,
          permanent,
          ...(await paths.delete(path, permanent)),
        }),
      );
      deps.announce('paths.changed');
      return gone;
    },

    'paths.restore': async ({ path }, asker) => {
      const back = await onPath(asker, 'path.restore', 'secrets:delete', path, () => paths.restore(path));
      deps.announce('paths.changed');
      return back;
    },

    'audit.logs': async (input, asker) => {
      const grant = await authoriseScope(asker, 'path.audit', 'audit:read', {});
      // What was about no path, such as a list of everything, is its own token's where tokens are held to globs.
      const visible = ({ secretPath, actor }: AuditEntry): boolean =>
        grant === null ||
        grant.paths.length === 0 ||
        (secretPath === undefined ? actor === actorText(asker.actor) : coversPath(grant, secretPath));
      return pathAuditPage(deps.auditReader, deps.cursors, input, visible);
    },
  };
}
