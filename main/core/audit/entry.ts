import type { Unnumbered } from '#contract/entry-text.ts';
import { type AuditEntry, auditEntry } from '#contract/schemas/audit.ts';
import { appendOf } from '../store/filter-columns.ts';
import type { AuditAppend, ChainRow } from '../store/store.ts';

// What a line in the chain says.

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

/** A line from a backup, appended as it stands there: what it says is read for the columns only. */
export function appendAgain(body: string): AuditAppend {
  return appendOf(plainObject(body) as Unnumbered, body);
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
