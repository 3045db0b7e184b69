import { type AuditEntry, auditEntry } from '#contract/schemas/audit.ts';
import type { AuditAppend, ChainRow } from '../store/store.ts';

// One entry between its meaning and its line in the chain. The body is canonical JSON (keys sorted, no spaces, undefined
// left out), so the same facts always hash the same.

/** An entry before the store has numbered it. */
export type Unnumbered = Omit<AuditEntry, 'seq'>;

/** The same data with its keys in code-unit order at every depth. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

/** Canonical JSON of an entry: its fields are spelled in the order they have there, and not sorted for each. */
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
    // Whoever times the steps has their fields in order.
    trace: entry.trace,
    tsMs: entry.tsMs,
    version: entry.version,
    workspaceId: entry.workspaceId,
  };
  return JSON.stringify(ordered);
}

/** Every field an entry may have: one that is added to the schema and not above does not compile. */
type Ordered = { readonly [F in keyof Required<Unnumbered>]: unknown };

/** The line the store appends, with the columns its filters use. */
export function appendOf(entry: Unnumbered): AuditAppend {
  const { tsMs, kind, actor, outcome, capability, credential } = entry;
  return { tsMs, body: entryText(entry), kind, actor, outcome, capability, credential };
}

/** Reads a line back. A line that is not an entry (edited by hand) is shown as such instead of hiding the page. */
export function entryOf(row: ChainRow): AuditEntry {
  const parsed = auditEntry.safeParse({ ...plainObject(row.body), seq: row.seq });
  if (parsed.success) return parsed.data;
  return {
    seq: row.seq,
    tsMs: row.tsMs,
    kind: 'audit.unreadable',
    actor: 'host',
    outcome: 'unknown',
    code: 'integrity_error',
    note: 'This line is not an audit entry. Run `aivault audit verify`.',
  };
}

const opening = auditEntry.omit({ seq: true }).partial().strip();

/** The facts a call was announced with. Of a line that was edited only that there was a call is left. */
export function openingOf(body: string): Partial<Unnumbered> & Pick<Unnumbered, 'kind' | 'actor'> {
  const parsed = opening.safeParse(plainObject(body));
  return { kind: 'invoke', actor: 'host', ...((parsed.data ?? {}) as Partial<Unnumbered>) };
}

/** The JSON object a body holds; empty where it holds none. */
export function plainObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
