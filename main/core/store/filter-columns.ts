import { entryText, type Unnumbered } from '#contract/entry-text.ts';
import type { AuditAppend } from './store.ts';

/** The columns filters use, in the order `columnText` has them. */
export const filterColumns = ['kind', 'actor', 'outcome', 'capability', 'credential'] as const;
export type FilterColumn = (typeof filterColumns)[number];

/** An entry on its way into the chain. `body`: its line, where that is there already. */
export function appendOf(entry: Unnumbered, body = entryText(entry)): AuditAppend {
  const { tsMs, kind, actor, outcome, capability, credential } = entry;
  return { tsMs, body, kind, actor, outcome, capability, credential };
}

/**
 * SQL for the columns of an entry as one text: each as SQLite's quote() spells it, so that no two lists look the same,
 * and how many bytes they have together, because quote() stops at a NUL.
 */
export const columnTextSql = [
  ...filterColumns.map((name) => `quote(${name})`),
  `(${filterColumns.map((name) => `ifnull(octet_length(${name}), 0)`).join(' + ')})`,
].join(" || ',' || ");

/** The text those columns have where they say what the body says. */
export function columnText(body: Readonly<Record<string, unknown>>): string {
  let text = '';
  let said = '';
  for (const name of filterColumns) {
    const value = body[name];
    const isText = typeof value === 'string';
    if (isText) said += value;
    text += isText ? `'${value.replaceAll("'", "''")}',` : 'NULL,';
  }
  return text + Buffer.byteLength(said);
}
