import { AivaultError } from '#contract/errors.ts';
import { type Json, parseJson } from './lossless-json.ts';
import { invalid } from './session.ts';

// A request as JSON (--request, --request-file): a whole envelope or the request alone. The CLI takes the body out of
// it and opens its files itself; everything else goes to the host as it is, to be judged there.

export interface FileField {
  readonly field: string;
  readonly path: string;
}

/** What the upstream's body is made of. */
export type BodyPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | {
      readonly kind: 'form';
      readonly fields: readonly (readonly [string, string])[];
      readonly files: readonly FileField[];
    };

export interface Payload {
  readonly capability: string | undefined;
  readonly credential: string | undefined;
  /** The request without its body. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly body: BodyPlan;
}

/** Plain values; a key that stands twice in one object is refused, because two readers could disagree about it. */
function plain(value: Json): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'boolean':
      return value.value;
    case 'number':
      return Number(value.text);
    case 'string':
      return value.text;
    case 'array':
      return value.items.map(plain);
    case 'object': {
      const keys = value.entries.map(([key]) => key);
      if (new Set(keys).size !== keys.length) throw invalid('The request names one key twice.');
      return Object.fromEntries(value.entries.map(([key, , item]) => [key, plain(item)]));
    }
  }
}

type Bag = Readonly<Record<string, unknown>>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSet = (value: unknown) => value !== undefined && value !== null;

function textOf(value: unknown, name: string): string | undefined {
  if (!isSet(value)) return undefined;
  if (typeof value !== 'string') throw invalid(`${name} must be a string.`);
  return value;
}

function readForm(multipart: unknown, multipartFiles: unknown): BodyPlan {
  const fields = multipart ?? {};
  const files = multipartFiles ?? [];
  if (!isBag(fields) || Object.values(fields).some((value) => typeof value !== 'string')) {
    throw invalid('multipart must be an object of strings.');
  }
  const isFile = (item: unknown) =>
    isBag(item) && typeof item.field === 'string' && typeof item.path === 'string' && Object.keys(item).length === 2;
  if (!Array.isArray(files) || !files.every(isFile)) {
    throw invalid('multipartFiles must be a list of {field, path}.');
  }
  return { kind: 'form', fields: Object.entries(fields) as [string, string][], files: files as FileField[] };
}

function readBody(request: Bag): BodyPlan {
  const { body, bodyFilePath, multipart, multipartFiles } = request;
  const text = textOf(body, 'body');
  const file = textOf(bodyFilePath, 'bodyFilePath');
  const form = isSet(multipart) || (Array.isArray(multipartFiles) ? multipartFiles.length > 0 : isSet(multipartFiles));
  if ([text !== undefined, file !== undefined, form].filter(Boolean).length > 1) {
    throw new AivaultError('policy_violation', 'The request has more than one body.');
  }
  if (text !== undefined) return { kind: 'text', text };
  if (file !== undefined) return { kind: 'file', path: file };
  return form ? readForm(multipart, multipartFiles) : { kind: 'none' };
}

/** Reads the JSON text. Throws `invalid_request` (or `policy_violation` for two bodies), never quoting it. */
export function readPayload(text: string): Payload {
  let value: unknown;
  try {
    value = plain(parseJson(text));
  } catch (error) {
    if (error instanceof AivaultError) throw error;
    throw invalid('The request is not JSON.');
  }
  if (!isBag(value)) throw invalid('The request must be a JSON object.');
  const envelope = 'request' in value ? value : { request: value };
  const request = envelope.request;
  if (!isBag(request)) throw invalid('request must be a JSON object.');
  const { body: _body, bodyFilePath: _file, multipart: _form, multipartFiles: _files, ...rest } = request;
  const { request: _request, capability, credential, ...more } = envelope as Bag;
  return {
    capability: textOf(capability, 'capability'),
    credential: textOf(credential, 'credential'),
    request: rest,
    envelope: more,
    body: readBody(request),
  };
}
