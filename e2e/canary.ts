import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

// The canary sweep: given secrets that exist once in the world, searches every byte it is given for any of their forms.
// It shares no code with the redactor on purpose: each checks the other.

export interface CanaryForm {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Hit {
  /** Where: `stdout of invoke`, a path, `heap snapshot` … */
  readonly where: string;
  /** Which form: `raw`, `base64 at offset 1`, `second half, hex` … */
  readonly form: string;
  readonly at: number;
}

/** Shorter pieces would be found anywhere. */
const shortest = 8;

/** Everything a secret could be recognised by: itself and its halves, encoded, reversed, escaped. */
export function canaryForms(secret: string): readonly CanaryForm[] {
  const bytes = Buffer.from(secret, 'utf8');
  const middle = Math.ceil(bytes.length / 2);
  const forms = [
    ...encoded('', bytes),
    ...['Basic', 'Bearer'].map((scheme) =>
      form(`${scheme} form`, `${scheme} ${scheme === 'Basic' ? bytes.toString('base64') : secret}`),
    ),
    ...encoded('first half', bytes.subarray(0, middle)),
    ...encoded('second half', bytes.subarray(middle)),
  ];
  const seen = new Set<string>();
  return forms.filter(({ bytes: known }) => {
    const key = known.toString('latin1');
    return known.length >= shortest && !seen.has(key) && seen.add(key);
  });
}

const form = (name: string, text: string | Buffer): CanaryForm => ({ name, bytes: Buffer.from(text as string) });

function encoded(part: string, bytes: Buffer): CanaryForm[] {
  const name = (what: string) => (part === '' ? what : `${part}, ${what}`);
  const text = bytes.toString('utf8');
  const hex = bytes.toString('hex');
  const percent = hex.replaceAll(/../g, '%$&');
  const units = [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`);
  return [
    form(name('raw'), bytes),
    form(name('reversed'), [...text].reverse().join('')),
    ...[0, 1, 2].map((offset) => base64At(name(`base64 at offset ${offset}`), bytes, offset, 'base64')),
    ...[0, 1, 2].map((offset) => base64At(name(`base64url at offset ${offset}`), bytes, offset, 'base64url')),
    form(name('hex'), hex),
    form(name('upper-case hex'), hex.toUpperCase()),
    form(name('percent-encoded'), encodeURIComponent(text)),
    form(
      name('lower-case percent-encoded'),
      encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase()),
    ),
    form(name('every byte percent-encoded'), percent.toUpperCase()),
    form(name('every byte percent-encoded, lower case'), percent),
    form(name('JSON-escaped'), JSON.stringify(text).slice(1, -1)),
    form(name('JSON-escaped with \\/'), JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/')),
    form(name('JSON \\u escapes'), units.join('')),
    form(name('UTF-16'), Buffer.from(text, 'utf16le')),
  ];
}

/** The characters that do not depend on what stands before and behind (RFC 4648 §4). */
function base64At(name: string, bytes: Buffer, offset: number, alphabet: 'base64' | 'base64url'): CanaryForm {
  const whole = Buffer.concat([Buffer.alloc(offset, 'x'), bytes]).toString(alphabet);
  return form(name, whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)));
}

/** Collects hits for one or more secrets. */
export class CanarySweep {
  readonly hits: Hit[] = [];
  /** What was searched, with how many bytes: an empty sweep proves nothing. */
  readonly searched = new Map<string, number>();
  readonly #forms: readonly CanaryForm[];

  constructor(secrets: readonly string[]) {
    this.#forms = secrets.flatMap((secret, at) =>
      canaryForms(secret).map(({ name, bytes }) => ({
        name: secrets.length === 1 ? name : `secret ${at + 1}: ${name}`,
        bytes,
      })),
    );
  }

  bytes(where: string, data: Uint8Array | string): void {
    const buffer =
      typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data.buffer, data.byteOffset, data.length);
    this.searched.set(where, (this.searched.get(where) ?? 0) + buffer.length);
    for (const { name, bytes } of this.#forms) {
      const at = buffer.indexOf(bytes);
      if (at !== -1) this.hits.push({ where, form: name, at });
    }
  }

  /** Every file below a folder, names included. Sockets and what vanishes meanwhile are passed over. */
  folder(where: string, folder: string): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      this.bytes(`${where}: name`, entry.name);
      if (entry.isFile()) this.file(`${where}: ${path.slice(folder.length + 1)}`, path);
    }
  }

  file(where: string, path: string): void {
    try {
      if (statSync(path).isFile()) this.bytes(where, readFileSync(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Arguments and environment of one process, as every program of the user can read them. */
  process(where: string, pid: number | string): void {
    for (const what of ['cmdline', 'environ']) {
      try {
        this.bytes(`${where}: ${what}`, readFileSync(`/proc/${pid}/${what}`));
      } catch {
        // Gone, or another user's.
      }
    }
  }

  /** Looks at all processes again and again; returns how to stop. */
  watchProcesses(everyMs = 20): () => void {
    const look = () => {
      for (const pid of readdirSync('/proc')) {
        if (/^\d+$/.test(pid) && pid !== String(process.pid)) this.process('any process', pid);
      }
    };
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }

  /** Throws where something was hit since the last time, or nothing was searched. */
  assertClean(): void {
    if (this.searched.size === 0) throw new Error('The sweep searched nothing.');
    const found = this.hits.splice(0).map(({ where, form, at }) => `${where}: ${form}, at byte ${at}`);
    if (found.length === 0) return;
    const rest = found.length > 5 ? ` and ${found.length - 5} more` : '';
    throw new Error(`A canary is in ${found.slice(0, 5).join('; ')}${rest}.`);
  }
}
