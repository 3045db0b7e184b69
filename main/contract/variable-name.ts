// How the fields of a path secret are called where programs read variables. Here, so that what the CLI writes and what
// the window copies have the same names.

/** A field as text: strings as they are, anything else as JSON. */
export function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `client-id` → `CLIENT_ID`: a name every shell accepts. Two fields may come to one name. */
export function variableName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9_]/g, '_').toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
