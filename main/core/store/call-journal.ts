import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

// Calls that have been announced and not yet closed, one line each, in a file beside audit.db. A line is one write() to
// an append-only file: it survives kill -9 like a commit does, at a twentieth of what a commit costs, and every call
// waits for it. Closing entries go to the database, which remembers the ids it closed until the journal is made anew.

export interface OpenCall {
  readonly id: string;
  readonly tsMs: number;
  readonly body: string;
}

const syncDelayMs = 40;
const emptyToAppend = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_APPEND;
/** A journal of this size is made anew with what is still open. */
const renewAboveBytes = 4 * 1024 * 1024;
/** … unless most of it is still open: then making it anew would gain little, again and again. */
const worthPerCallBytes = 4 * 1024;

/** The journal of one audit.db. What a crash left open in it is there at the next start. */
export class CallJournal {
  readonly #file: string;
  /** Calls whose closing entry is not known to be on disk, with their lines. */
  readonly #open = new Map<string, string>();
  #descriptor: number;
  #bytes: number;
  /** The last line has no end: the next one starts on a line of its own. */
  #torn: boolean;
  #syncTimer: NodeJS.Timeout | null = null;
  #closed = false;

  /** Opens or creates the journal and reads what an earlier host left in it. Throws what the file system says. */
  constructor(file: string) {
    this.#file = file;
    this.#descriptor = openSync(file, 'a', 0o600);
    const text = readFileSync(file, 'utf8');
    this.#bytes = fstatSync(this.#descriptor).size;
    // A last line without its end was never acknowledged.
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      const call = callOf(line);
      if (call !== null) this.#open.set(call.id, `${line}\n`);
    }
    this.#torn = text !== '' && !text.endsWith('\n');
  }

  /** Announces calls with one write; they are there when this returns. Throws where they cannot all be written: none is then. */
  open(...calls: readonly OpenCall[]): void {
    // A line written to a number that was given back would land in somebody else's file.
    if (this.#closed) throw new Error('The journal is closed.');
    const lines = calls.map((call) => `${call.id} ${call.tsMs} ${call.body}\n`);
    this.#write(lines.join(''));
    for (const [at, { id }] of calls.entries()) this.#open.set(id, lines[at]!);
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** The closing entry is on disk. */
  closed(id: string): void {
    this.#open.delete(id);
  }

  calls(): OpenCall[] {
    return [...this.#open.values()].map((line) => callOf(line.trimEnd())).filter((call) => call !== null);
  }

  get isLong(): boolean {
    return this.#bytes > renewAboveBytes && this.#bytes > this.#open.size * worthPerCallBytes;
  }

  /** Makes the file anew with what is still open, and says what that is: the database may forget all other ids. */
  renew(): string[] {
    if (this.#closed) throw new Error('The journal is closed.');
    const next = `${this.#file}.new`;
    const fresh = openSync(next, emptyToAppend, 0o600);
    const text = [...this.#open.values()].join('');
    try {
      writeAll(fresh, text);
      renameSync(next, this.#file);
    } catch (error) {
      closeSync(fresh);
      rmSync(next, { force: true });
      throw error;
    }
    // The file that was made is the one that is written on: opening it again could fail, and leave us the old one.
    closeSync(this.#descriptor);
    this.#descriptor = fresh;
    this.#bytes = Buffer.byteLength(text);
    this.#torn = false;
    return [...this.#open.keys()];
  }

  /** Closing again does nothing: the number of a closed descriptor soon belongs to another file. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
    closeSync(this.#descriptor);
  }

  #write(line: string): void {
    try {
      this.#bytes += writeAll(this.#descriptor, this.#torn ? `\n${line}` : line);
      this.#torn = false;
    } catch (error) {
      this.#takeBack();
      throw error;
    }
    // Power cuts: what they may take is bounded as for the database itself.
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = null;
      fdatasync(this.#descriptor, () => {});
    }, syncDelayMs).unref();
  }

  /** Several lines may have been written in part: the whole ones would look like calls that were sent. */
  #takeBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#bytes);
    } catch {
      this.#torn = true;
    }
  }
}

function writeAll(descriptor: number, text: string): number {
  const written = text === '' ? 0 : writeSync(descriptor, text);
  if (written !== Buffer.byteLength(text)) throw new Error('The disk is full.');
  return written;
}

function callOf(line: string): OpenCall | null {
  const parts = /^([^ ]+) (\d+) (.*)$/s.exec(line);
  if (parts === null) return null;
  const [, id, tsMs, body] = parts as unknown as [string, string, string, string];
  return { id, tsMs: Number(tsMs), body };
}
