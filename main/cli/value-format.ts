import { fieldText, steersPrograms, variableName } from '#contract/variable-name.ts';
import { invalid } from './session.ts';

// A path secret's fields in the ways programs read them.

export const formats = ['json', 'env', 'dotenv'] as const;
export type Format = (typeof formats)[number];
type Data = Readonly<Record<string, unknown>>;

/** One field as text. Throws `invalid_request` where there is no such field. */
export function readField(data: Data, field: string): string {
  if (!Object.hasOwn(data, field)) {
    throw invalid('The secret has no such field.', `It has: ${Object.keys(data).join(', ')}`);
  }
  return fieldText(data[field]);
}

/**
 * `client-id` → `CLIENT_ID`. Throws `invalid_request` for a name that would steer programs: who may write a secret may
 * not thereby run something in the shell of whoever reads it (threats B2).
 */
export function safeVariableName(field: string): string {
  const name = variableName(field);
  if (steersPrograms(name)) {
    throw invalid(
      `The field ${name} would steer the programs that get it.`,
      'Rename the field, or read it with --field; kv run --qualified puts its path in front.',
    );
  }
  return name;
}

/** All fields in one format, ending in a newline. */
export function inFormat(data: Data, format: Format): string {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  const line = format === 'env' ? shellLine : dotenvLine;
  return Object.keys(data)
    .map((field) => `${line(safeVariableName(field), fieldText(data[field]))}\n`)
    .join('');
}

/** POSIX single quotes: nothing inside them means anything. */
export function shellLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

/**
 * One line of a .env file. Readers differ in what they undo inside double quotes, and a shell that sources the file runs
 * what stands between backticks there (threats B2): a value with any such character goes into single quotes, which all of
 * them take as they stand. Where it cannot, everything a shell would act on is escaped.
 */
function dotenvLine(name: string, value: string): string {
  if (/["\\$`]/.test(value) && !/['\r]|\\$/.test(value)) return `${name}='${value}'`;
  const escaped = value
    .replace(/["\\$`]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `${name}="${escaped}"`;
}
