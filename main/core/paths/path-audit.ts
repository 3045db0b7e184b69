import { AivaultError } from '#contract/errors.ts';
import { identityOf } from '#contract/identity.ts';
import type { AuditEntry, AuditFilter } from '#contract/schemas/audit.ts';
import { type CursorSeal, openCursor, sealCursor } from './path-cursor.ts';

/** Reads the audit log newest first. */
export type AuditReader = (filter: AuditFilter) => Promise<readonly AuditEntry[]>;

export interface PathAuditQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** One action or several, comma between: `read,write`. */
  readonly action?: string | undefined;
  readonly pathPrefix?: string | undefined;
  readonly success?: boolean | undefined;
  readonly identityId?: string | undefined;
}

const actions: readonly string[] = [
  'read',
  'write',
  'rotate',
  'delete',
  'destroy',
  'restore',
  'list',
  'describe',
  'audit',
];

/**
 * One page of what happened to path secrets. Each action is asked for by its own index and the answers are merged, so
 * a log full of proxied calls does not have to be walked. Throws `invalid_request` for an action that does not exist.
 */
export async function pathAuditPage(
  read: AuditReader,
  cursors: CursorSeal,
  query: PathAuditQuery,
  visible: (entry: AuditEntry) => boolean,
): Promise<{ logs: AuditEntry[]; cursor: string | null; hasMore: boolean }> {
  const { action, pathPrefix, success, fromMs, toMs, identityId } = query;
  const question = JSON.stringify([action, pathPrefix, success, fromMs, toMs, identityId]);
  const kinds = actionsOf(query.action).map((word) => `path.${word}`);
  const matches = (entry: AuditEntry): boolean =>
    (query.pathPrefix === undefined || (entry.secretPath ?? '').startsWith(query.pathPrefix)) &&
    (query.success === undefined || (entry.outcome === 'done') === query.success) &&
    (query.toMs === undefined || entry.tsMs <= query.toMs) &&
    (query.identityId === undefined || identityOf(entry.actor) === query.identityId) &&
    visible(entry);

  const logs: AuditEntry[] = [];
  let beforeSeq = query.cursor === undefined ? undefined : Number(openCursor(cursors, question, query.cursor));
  for (;;) {
    const limit = query.limit + 1;
    const pages = await Promise.all(
      kinds.map((kind) =>
        read({
          kind,
          limit,
          ...(beforeSeq === undefined ? {} : { beforeSeq }),
          ...(query.fromMs === undefined ? {} : { sinceTsMs: query.fromMs }),
        }),
      ),
    );
    // Beyond the newest `limit` of the merge an action may have entries it was not asked for: stop there, ask again.
    const merged = pages
      .flat()
      .sort((a, b) => b.seq - a.seq)
      .slice(0, limit);
    for (const entry of merged) {
      if (!matches(entry)) continue;
      if (logs.length === query.limit) {
        return { logs, cursor: sealCursor(cursors, question, String(logs.at(-1)!.seq)), hasMore: true };
      }
      logs.push(entry);
    }
    if (merged.length < limit) break;
    beforeSeq = merged.at(-1)!.seq;
  }
  return { logs, cursor: null, hasMore: false };
}

/** The actions a query names, each once; all of them where it names none. */
function actionsOf(action: string | undefined): readonly string[] {
  if (action === undefined) return actions;
  const words = [...new Set(action.split(',').map((word) => word.trim()))];
  if (words.every((word) => actions.includes(word))) return words;
  throw new AivaultError('invalid_request', `An action is one of ${actions.join(', ')}; several have commas between.`);
}
