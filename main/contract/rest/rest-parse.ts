import type { z } from 'zod';
import { AivaultError } from '../errors.ts';
import { strictJson } from '../strict-json.ts';

// Queries and bodies of /v1 against their shapes, strictly; what is wrong is named, never repeated.

/** Which word a field's fault has of its own; anything else is `invalid_request`. */
const fieldWords: Readonly<Record<string, string>> = {
  secret_type: 'invalid_secret_type',
  expires_in: 'invalid_duration',
  expiring_within: 'invalid_duration',
  cursor: 'invalid_cursor',
  prefix: 'invalid_path',
};

/** `invalid_request` naming the field; its value is never repeated. */
function fieldFault(path: readonly PropertyKey[]): AivaultError {
  const field = path.map(String).join('.');
  const last = String(path.at(-1) ?? '');
  const where =
    field === '' ? 'The body is not what this address takes.' : `The field ${printable(field)} is not valid.`;
  return new AivaultError('invalid_request', where, { reason: fieldWords[last] ?? 'invalid_request' });
}

/** Field names come from the caller too: only plain ones are repeated. */
function printable(field: string): string {
  return /^[A-Za-z0-9_.[\]-]{1,80}$/.test(field) ? `"${field}"` : 'you sent';
}

/** The query, parsed strictly: unknown and repeated names are refused. */
export function parseQuery<S extends z.ZodType>(schema: S, query: string): z.output<S> {
  if (query === '') return parse(schema, {});
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(fields, name)) throw fieldFault([name]);
    fields[name] = value;
  }
  return parse(schema, fields);
}

/** A JSON body, parsed strictly. */
export function parseBody<S extends z.ZodType>(schema: S, body: Uint8Array): z.output<S> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new AivaultError('invalid_request', 'The body is not JSON.');
  }
  return parse(schema, strictJson(text, 'The body'));
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw fieldFault(first?.code === 'unrecognized_keys' ? [...first.path, first.keys[0]!] : (first?.path ?? []));
}
