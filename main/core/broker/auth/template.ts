import type { Field, FieldReader } from './fields.ts';

/** A template filled in. */
export interface Rendered {
  readonly bytes: Buffer;
  /** The parts that are secret, to be redacted from the answer. */
  readonly secrets: readonly Uint8Array[];
}

const placeholder = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g;

/** A template taken apart: the literal in front of each name, and what stands behind the last one. */
interface Parts {
  readonly fields: readonly { readonly literal: Buffer; readonly name: string }[];
  readonly rest: Buffer;
}

const keptParts = new Map<string, Parts>();
const keepAtMost = 500;

/** Templates belong to credentials and hold no secret, so a call does not take them apart anew. */
function partsOf(template: string): Parts {
  const known = keptParts.get(template);
  if (known !== undefined) return known;
  let cursor = 0;
  const fields = [...template.matchAll(placeholder)].map((found) => {
    const literal = Buffer.from(template.slice(cursor, found.index), 'latin1');
    cursor = found.index + found[0].length;
    return { literal, name: found[1]! };
  });
  const parts = { fields, rest: Buffer.from(template.slice(cursor), 'latin1') };
  if (keptParts.size >= keepAtMost) keptParts.clear();
  keptParts.set(template, parts);
  return parts;
}

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
  const { fields, rest } = partsOf(template);
  const written: Uint8Array[] = [];
  const secrets: Uint8Array[] = [];
  for (const { literal, name } of fields) {
    const field = read(name);
    written.push(literal, encode(field, name));
    if (!field.identifier) secrets.push(field.bytes);
  }
  written.push(rest);
  return { bytes: Buffer.concat(written), secrets };
}
