import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes, Caller, HeaderPair, Incoming } from '#contract/proxied.ts';
import type { Values } from './command.ts';
import type { invokeOptions } from './commands/invoke-options.ts';
import { readEntry } from './env-file.ts';
import { createForm } from './multipart.ts';
import { type BodyPlan, type Payload, readPayload } from './request-payload.ts';
import { readContext } from './scope-flags.ts';
import { readStdin, readTextFile } from './secret-input.ts';
import { invalid, type Session, unwrap } from './session.ts';
import { openUpload, type Upload } from './upload-file.ts';

// The flags of invoke as one proxied request of the actor `cli`. The envelope travels beside the body, so bytes stay
// bytes and files are streamed.

export type InvokeValues = Values<Record<never, never>, typeof invokeOptions>;

export interface Invocation {
  readonly incoming: Incoming;
  close(): Promise<void>;
}

interface Request {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: BodyPlan;
}

const direct = ['method', 'path', 'body', 'body-file-path'] as const;
const directLists = ['header', 'multipart-field', 'multipart-file'] as const;

function checkFlags(values: InvokeValues): void {
  const payload = values.request !== undefined || values['request-file'] !== undefined;
  if (values.request !== undefined && values['request-file'] !== undefined) {
    throw invalid('Give only one of --request and --request-file.');
  }
  const mixed = [
    ...direct.filter((name) => values[name] !== undefined),
    ...directLists.filter((name) => values[name].length > 0),
  ];
  if (payload && mixed.length > 0) throw invalid(`Do not mix --request with --${mixed[0]}.`);
  const form = values['multipart-field'].length + values['multipart-file'].length > 0;
  const bodies = [values.body !== undefined, values['body-file-path'] !== undefined, form].filter(Boolean).length;
  if (bodies > 1) throw invalid('Give only one of --body, --body-file-path and the --multipart flags.');
  for (const name of ['method', 'path'] as const) {
    if (values[name] !== undefined && values[name].trim() === '') throw invalid(`--${name} must not be blank.`);
  }
  const address = values['client-ip'];
  if (address !== undefined && isIP(address) === 0) throw invalid('--client-ip needs an IP address.');
  if (address !== undefined && !/^(?:127\.|::1$)/.test(address)) {
    throw new AivaultError('policy_violation', 'Only loopback clients are served.');
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const longestTimeoutMs = 24 * 60 * 60 * 1000;

function timeoutOf(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const value = /^\d{1,9}$/.test(written) ? Number(written) : Number.NaN;
  if (!(value >= 1 && value <= longestTimeoutMs)) {
    throw invalid(`--timeout-ms needs a whole number from 1 to ${longestTimeoutMs}.`);
  }
  return value;
}

function fromFlags(id: string, values: InvokeValues): Request {
  const headers = values.header.map((written, index) => {
    if (written.includes('=')) return readEntry(written, `--header number ${index + 1}`);
    throw new AivaultError('invalid_request', `--header number ${index + 1} is not KEY=VALUE.`, {
      hint: 'For example: --header accept=application/json',
    });
  });
  const named = headers.some(({ name }) => name.toLowerCase() === 'content-type');
  if (values.body !== undefined && !named && isJson(values.body)) {
    headers.push({ name: 'content-type', value: 'application/json' });
  }
  const fields = values['multipart-field'].map((written, index) => {
    const { name, value } = readEntry(written, `--multipart-field number ${index + 1}`);
    return [name, value] as const;
  });
  if (new Set(fields.map(([name]) => name)).size !== fields.length)
    throw invalid('A --multipart-field was given twice.');
  const files = values['multipart-file'].map((written, index) => {
    const { name, value } = readEntry(written, `--multipart-file number ${index + 1}`);
    return { field: name, path: value };
  });
  const request = {
    ...(values.method === undefined ? {} : { method: values.method }),
    ...(values.path === undefined ? {} : { path: values.path }),
  };
  const credential = values.credential?.trim() ?? '';
  const envelope = { capability: id, ...(credential === '' ? {} : { credential }), request };
  if (fields.length + files.length > 0) return { envelope, headers, body: { kind: 'form', fields, files } };
  const file = values['body-file-path'];
  if (file !== undefined) {
    return { envelope, headers, body: file === '-' ? { kind: 'stdin' } : { kind: 'file', path: file } };
  }
  return {
    envelope,
    headers,
    body: values.body === undefined ? { kind: 'none' } : { kind: 'text', text: values.body },
  };
}

function fromPayload(id: string, values: InvokeValues, payload: Payload): Request {
  if (payload.capability !== undefined && payload.capability.trim() !== '' && payload.capability !== id) {
    throw invalid('The capability in the request does not match the one on the command line.');
  }
  const credential = values.credential?.trim();
  if (credential === '') throw invalid('--credential must not be blank.');
  if (credential !== undefined && payload.credential !== undefined) {
    throw invalid('The request names a credential already; leave --credential out.');
  }
  const chosen = credential ?? payload.credential;
  const { headers, ...request } = payload.request;
  const envelope = {
    ...payload.envelope,
    capability: id,
    ...(chosen === undefined ? {} : { credential: chosen }),
    request: headers === undefined || Array.isArray(headers) ? request : { ...request, headers },
  };
  return { envelope, headers: Array.isArray(headers) ? headers : [], body: payload.body };
}

interface OpenBody {
  readonly bytes: BodyBytes | null;
  /** Null: nobody knows before it has ended. */
  readonly length: number | null;
  readonly contentType?: string;
}

async function* once(bytes: Uint8Array): BodyBytes {
  if (bytes.length > 0) yield bytes;
}

async function openBody(plan: BodyPlan, session: Session, opened: Pick<Upload, 'close'>[]): Promise<OpenBody> {
  if (plan.kind === 'none') return { bytes: null, length: 0 };
  if (plan.kind === 'text') {
    const bytes = Buffer.from(plan.text, 'utf8');
    return { bytes: once(bytes), length: bytes.length };
  }
  if (plan.kind === 'stdin') {
    const input = session.terminal.input as Readable;
    // What was refused does not wait for the rest of it.
    opened.push({ close: async () => void input.destroy() });
    return { bytes: input, length: null };
  }
  const needsFiles = plan.kind === 'file' || plan.files.length > 0;
  const forbidden = needsFiles ? await ownFiles(session) : [];
  const openOne = async (path: string) => {
    const upload = await openUpload(path, forbidden);
    opened.push(upload);
    return upload;
  };
  if (plan.kind === 'file') {
    const upload = await openOne(plan.path);
    return { bytes: upload.size === 0 ? once(new Uint8Array()) : upload.bytes(), length: upload.size };
  }
  const files = [];
  for (const { field, path } of plan.files) files.push({ field, upload: await openOne(path) });
  const form = createForm(
    plan.fields.map(([name, value]) => ({ name, value })),
    files,
  );
  return { bytes: form.bytes, length: form.length, contentType: form.contentType };
}

async function ownFiles(session: Session): Promise<readonly string[]> {
  const status = await (await session.host()).call('vault.status', {});
  // An agent of another user may not ask; the vault's files are not readable for it in the first place.
  if (!status.ok && status.error.error === 'operator_required') return [];
  const { paths } = unwrap(status);
  return [paths.vault, ...(paths.key === null ? [] : [paths.key])];
}

/** Reads the flags and opens what they name. Throws `invalid_request` before anything is sent. */
export async function readInvocation(id: string, values: InvokeValues, session: Session): Promise<Invocation> {
  const context = readContext(values);
  checkFlags(values);
  const timeoutMs = timeoutOf(values['timeout-ms']);
  const file = values['request-file'];
  const text =
    values.request ??
    (file === undefined ? undefined : file === '-' ? await readStdin(session) : await readTextFile(file));
  const request = text === undefined ? fromFlags(id, values) : fromPayload(id, values, readPayload(text));
  const opened: Pick<Upload, 'close'>[] = [];
  const close = async () => {
    for (const upload of opened) await upload.close();
  };
  try {
    const body = await openBody(request.body, session, opened);
    const caller: Caller = {
      kind: 'operator',
      via: 'cli',
      ...context,
      ...(values.consumer === undefined ? {} : { consumer: values.consumer }),
    };
    const own = request.headers.filter(
      ({ name }) => body.contentType === undefined || name.toLowerCase() !== 'content-type',
    );
    const headers = body.contentType === undefined ? own : [...own, { name: 'content-type', value: body.contentType }];
    const length: readonly HeaderPair[] =
      body.bytes === null || body.length === null ? [] : [['content-length', String(body.length)]];
    const inner = request.envelope.request as Readonly<Record<string, unknown>>;
    return {
      incoming: {
        door: 'envelope',
        caller,
        method: 'POST',
        target: '/aivault/proxy',
        headers: length,
        envelope: { ...request.envelope, request: 'headers' in inner ? inner : { ...inner, headers } },
        body: body.bytes,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
