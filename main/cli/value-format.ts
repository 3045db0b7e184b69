import { invalid } from './session.ts';

// A path secret's fields in the ways programs read them.

export const formats = ['json', 'env', 'dotenv'] as const;
export type Format = (typeof formats)[number];
type Data = Readonly<Record<string, unknown>>;

/** A field as text: strings as they are, anything else as JSON. Throws `invalid_request` where there is no such field. */
export function fieldText(data: Data, field: string): string {
  if (!Object.hasOwn(data, field)) {
    throw invalid('The secret has no such field.', `It has: ${Object.keys(data).join(', ')}`);
  }
  const value = data[field];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `client-id` → `CLIENT_ID`. Throws `invalid_request` where nothing is left that a variable could be called. */
export function variableName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9_]/g, '_').toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** All fields in one format, ending in a newline. */
export function inFormat(data: Data, format: Format): string {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  const line = format === 'env' ? shellLine : dotenvLine;
  return Object.keys(data)
    .map((field) => `${line(variableName(field), fieldText(data, field))}\n`)
    .join('');
}

/** POSIX single quotes: nothing inside them means anything. */
export function shellLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

/** Double quotes with the escapes .env readers share. */
function dotenvLine(name: string, value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('$', '\\$');
  return `${name}="${escaped}"`;
}
