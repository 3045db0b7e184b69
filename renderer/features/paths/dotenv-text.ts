// Fields of a path secret as a .env file, under the names `aivault kv get --format dotenv` gives them.

import { fieldText, steersPrograms, variableName } from '#contract/variable-name.ts';
import { forgetLastMatch } from '../../ui/last-match.ts';

/** Names that two fields would share in the file: the second would silently win. */
export function sharedNames(fields: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of fields.map(variableName)) {
    if (seen.has(name)) twice.add(name);
    seen.add(name);
  }
  return [...twice];
}

/** Names that would steer the programs that read the file: it is not written with one of them. */
export function steeringNames(fields: readonly string[]): string[] {
  return fields.map(variableName).filter(steersPrograms);
}

/** One assignment for each field, ending in a newline. */
export function dotenvText(data: Readonly<Record<string, unknown>>): string {
  const text = Object.keys(data)
    .map((field) => `${variableName(field)}=${quoted(fieldText(data[field]))}\n`)
    .join('');
  forgetLastMatch();
  return text;
}

/** Single quotes mean "as it is" to every reader; where the value holds one, double quotes with the escapes they share. */
function quoted(value: string): string {
  if (!/['\r]/.test(value)) return `'${value}'`;
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('$', () => '\\$');
  return `"${escaped}"`;
}
