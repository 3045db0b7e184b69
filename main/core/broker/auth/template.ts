import type { Field, FieldReader } from './fields.ts';

/** A template filled in. */
export interface Rendered {
  readonly bytes: Buffer;
  /** The parts that are secret, to be redacted from the answer. */
  readonly secrets: readonly Uint8Array[];
}

const placeholder = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g;

/** The field names a template asks for, in order. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(placeholder)].map(([, name]) => name!);
}

/** What stands before the first placeholder. */
export function staticStart(template: string): string {
  return template.slice(0, template.search(placeholder) === -1 ? undefined : template.search(placeholder));
}

/** The template with every placeholder replaced by `word`. */
export function withoutValues(template: string, word: string): string {
  return template.replaceAll(placeholder, () => word);
}

/** Fills in a template. `encode` turns one value into what may stand in its place; literals are left as they are. */
export function render(
  template: string,
  read: FieldReader,
  encode: (field: Field, name: string) => Uint8Array,
): Rendered {
  const parts: Uint8Array[] = [];
  const secrets: Uint8Array[] = [];
  let cursor = 0;
  for (const found of template.matchAll(placeholder)) {
    const name = found[1]!;
    const field = read(name);
    parts.push(Buffer.from(template.slice(cursor, found.index), 'latin1'), encode(field, name));
    if (!field.identifier) secrets.push(field.bytes);
    cursor = found.index + found[0].length;
  }
  parts.push(Buffer.from(template.slice(cursor), 'latin1'));
  return { bytes: Buffer.concat(parts), secrets };
}
