import { type AuditEntry, auditEntry } from '#contract/schemas/audit.ts';
import type { AuditAppend, ChainRow } from '../store/store.ts';

// One entry between its meaning and its line in the chain. The body is canonical JSON (keys sorted, no spaces, undefined
// left out), so the same facts always hash the same.

/** An entry before the store has numbered it. */
export type Unnumbered = Omit<AuditEntry, 'seq'>;

/** The same data with its keys in code-unit order at every depth. Objects that already have theirs in order are not copied: most of a trace. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record);
  let sorted = true;
  let flat = true;
  for (let i = 0; i < keys.length; i++) {
    if (i > 0 && keys[i - 1]! > keys[i]!) sorted = false;
    if (typeof record[keys[i]!] === 'object') flat = false;
  }
  if (sorted && flat) return record;
  const ordered: Record<string, unknown> = {};
  for (const key of sorted ? keys : keys.sort()) ordered[key] = inOrder(record[key]);
  return ordered;
}

/** An entry without facts, its fields in the order canonical JSON has them. */
const blank = Object.fromEntries(
  Object.keys(auditEntry.shape)
    .sort()
    .map((field) => [field, undefined]),
);

/** Canonical JSON of an entry: the known fields stand in order already and are not sorted for each. */
export function entryText(entry: Unnumbered): string {
  const ordered: Record<string, unknown> = { ...blank, ...entry };
  if (entry.scope !== undefined) ordered.scope = inOrder(entry.scope);
  if (entry.trace !== undefined) ordered.trace = entry.trace.map(orderedStep);
  return JSON.stringify(ordered);
}

function orderedStep({ outcome, stage, tookMs }: NonNullable<AuditEntry['trace']>[number]): object {
  return { outcome, stage, tookMs };
}

/** The line the store appends, with the columns its filters use. Its text is made when the store takes it. */
export function appendOf(entry: Unnumbered): AuditAppend {
  return {
    tsMs: entry.tsMs,
    get body() {
      return entryText(entry);
    },
    kind: entry.kind,
    actor: entry.actor,
    outcome: entry.outcome,
    ...(entry.capability === undefined ? {} : { capability: entry.capability }),
    ...(entry.credential === undefined ? {} : { credential: entry.credential }),
  };
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
