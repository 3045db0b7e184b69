import type { AuditEntry } from './schemas/audit.ts';

/** An entry before the store has numbered it. */
export type Unnumbered = Omit<AuditEntry, 'seq'>;

/** The same data with its keys in code-unit order at every depth. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

/**
 * The line an entry is in the chain: canonical JSON (keys sorted, no spaces, undefined left out), so the same facts always
 * hash the same.
 */
export function entryText(entry: Unnumbered): string {
  const ordered: Ordered = {
    actor: entry.actor,
    capability: entry.capability,
    code: entry.code,
    consumer: entry.consumer,
    count: entry.count,
    credential: entry.credential,
    groupId: entry.groupId,
    host: entry.host,
    kind: entry.kind,
    method: entry.method,
    note: entry.note,
    outcome: entry.outcome,
    path: entry.path,
    presence: entry.presence,
    redactions: entry.redactions,
    requestBytes: entry.requestBytes,
    responseBytes: entry.responseBytes,
    scope: inOrder(entry.scope),
    secretId: entry.secretId,
    secretName: entry.secretName,
    secretPath: entry.secretPath,
    status: entry.status,
    throughSeq: entry.throughSeq,
    tokenId: entry.tokenId,
    tookMs: entry.tookMs,
    trace: entry.trace?.map(({ outcome, stage, tookMs }) => ({ outcome, stage, tookMs })),
    tsMs: entry.tsMs,
    version: entry.version,
    workspaceId: entry.workspaceId,
  };
  return JSON.stringify(ordered);
}

/** Every field an entry may have: one that is added to the schema and not above does not compile. */
type Ordered = { readonly [F in keyof Required<Unnumbered>]: unknown };
