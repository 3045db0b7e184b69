/** The columns filters use, in the order `columnText` has them. */
export const filterColumns = ['kind', 'actor', 'outcome', 'capability', 'credential'] as const;

/** SQL for the columns of an entry as one text: each as SQLite's quote() spells it, so that no two lists look the same. */
export const columnTextSql = filterColumns.map((name) => `quote(${name})`).join(" || ',' || ");

/** The text those columns have where they say what the body says. */
export function columnText(body: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const name of filterColumns) {
    const value = body[name];
    const quoted = typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : 'NULL';
    text += text === '' ? quoted : `,${quoted}`;
  }
  return text;
}
