import { AivaultError } from '#contract/errors.ts';
import type { Fields } from './strategy.ts';

/** One value a template names. */
export interface Field {
  /** A copy; whoever receives it wipes it. */
  readonly bytes: Uint8Array;
  readonly identifier: boolean;
}

export type FieldReader = (name: string) => Field;

/**
 * Reads fields by the names templates use: a field of its own, else a member of a secret that is a JSON object,
 * nested members joined by dots (`n.b`). Throws `auth_failed` where there is none.
 */
export function fieldReader(fields: Fields, identifiers: ReadonlySet<string>): FieldReader {
  let members: ReadonlyMap<string, string> | null = null;
  return (name) => {
    const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const bytes = own?.use((value) => new Uint8Array(value));
    if (bytes !== undefined) return present(name, bytes, identifiers);
    members ??= membersOf(fields);
    const member = members.get(name);
    if (member === undefined) {
      throw new AivaultError('auth_failed', `The stored secret has no field "${name}".`, {
        hint: `The credential's template asks for {{${name}}}: store a JSON object that has it, as text.`,
      });
    }
    return present(name, Buffer.from(member, 'utf8'), identifiers);
  };
}

function present(name: string, bytes: Uint8Array, identifiers: ReadonlySet<string>): Field {
  if (bytes.length === 0) throw new AivaultError('auth_failed', `The stored secret's field "${name}" is empty.`);
  return { bytes, identifier: identifiers.has(name) };
}

/** The text and whole-number members of every secret that is a JSON object. */
export function membersOf(fields: Fields): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const material of Object.values(fields)) {
    const object = material.use(parseObject);
    if (object !== null) flatten(object, '', members);
  }
  return members;
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The JSON object these bytes spell, or null: most secrets are plain text. */
export function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  return parse(bytes);
}

/** The same, to be written back: a number that would come out in other digits is kept as it stands. */
export function parseToWriteBack(bytes: Uint8Array): Record<string, unknown> | null {
  return parse(bytes, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source ? rawNumber(source) : value,
  );
}

/** TypeScript does not know it yet (ECMAScript 2026, in V8 since 11.4). */
const rawNumber = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

function parse(bytes: Uint8Array, reviver?: Reviver): Record<string, unknown> | null {
  if (!looksLikeObject(bytes)) return null;
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    const value: unknown = JSON.parse(text, reviver as never);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function looksLikeObject(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b;
}

function flatten(object: object, prefix: string, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(object)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (into.has(name)) continue;
    if (typeof value === 'string') into.set(name, value);
    else if (Number.isSafeInteger(value)) into.set(name, String(value));
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) flatten(value, name, into);
  }
}
