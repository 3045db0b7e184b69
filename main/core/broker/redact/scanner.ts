// Finds the first form in a block of bytes, in one pass however many forms there are: Wu and Manber, "A fast algorithm
// for multi-pattern searching" (1994). A table says, for each pair of bytes, how far the window may jump.

/** One byte string to remove from an answer. */
export interface Form {
  readonly bytes: Uint8Array;
  /** Matches only where no letter or digit stands directly before or after it. */
  readonly wholeToken: boolean;
}

export interface Match {
  readonly start: number;
  readonly end: number;
}

/** No byte: the start or the end of the answer. */
export const edge = -1;

const tableSize = 65_536;
const smallest = 4096;

/** Searches for one set of forms, in any number of answers. */
export class Scanner {
  readonly #forms: readonly Form[];
  /** 1 for each byte a form begins with. */
  readonly #begins = new Uint8Array(256);
  /** Length of the shortest form: the window. */
  readonly #window: number;
  #jumps: Uint8Array | null = null;

  /** `forms` longest first; the scanner keeps the array, not copies. */
  constructor(forms: readonly Form[]) {
    this.#forms = forms;
    this.#window = Math.min(forms.at(-1)?.bytes.length ?? 0, 255);
    for (const { bytes } of forms) this.#begins[bytes[0]!] = 1;
  }

  /**
   * The first match that starts in `from <= start < until`; of several there, the longest. `before` is the byte in
   * front of `data[0]`, `after` the one behind its end (`edge` where there is none).
   */
  find(data: Uint8Array, from: number, until: number, before: number, after: number): Match | null {
    const window = this.#window;
    if (window === 0) return null;
    // Building the table costs more than walking through a small answer.
    if (window < 3 || (this.#jumps === null && until - from < smallest)) {
      return this.#findSlowly(data, from, until, before, after);
    }
    this.#jumps ??= this.#build();
    const jumps = this.#jumps;
    const last = Math.min(data.length, until + window - 1);
    for (let end = from + window - 1; end < last; ) {
      const jump = jumps[(data[end - 1]! << 8) | data[end]!]!;
      if (jump > 0) {
        end += jump;
        continue;
      }
      const match = this.#matchAt(data, end - window + 1, before, after);
      if (match !== null) return match;
      end += 1;
    }
    return null;
  }

  /** The first position at or after `from` from which the data may still grow into a form; `data.length` if none. */
  pendingFrom(data: Uint8Array, from: number): number {
    const longest = this.#forms[0]?.bytes.length ?? 0;
    for (let at = Math.max(from, data.length - longest); at < data.length; at += 1) {
      if (this.#begins[data[at]!] === 0) continue;
      for (const form of this.#forms) if (isPending(form, data, at)) return at;
    }
    return data.length;
  }

  wipe(): void {
    for (const { bytes } of this.#forms) bytes.fill(0);
    this.#jumps?.fill(0);
    this.#jumps = null;
  }

  #findSlowly(data: Uint8Array, from: number, until: number, before: number, after: number): Match | null {
    const stop = Math.min(until, data.length);
    for (let at = from; at < stop; at += 1) {
      const match = this.#matchAt(data, at, before, after);
      if (match !== null) return match;
    }
    return null;
  }

  #matchAt(data: Uint8Array, start: number, before: number, after: number): Match | null {
    if (this.#begins[data[start]!] === 0) return null;
    for (const form of this.#forms) {
      const end = start + form.bytes.length;
      if (end > data.length || !equalAt(form.bytes, data, start, form.bytes.length)) continue;
      if (form.wholeToken) {
        if (isWord(start === 0 ? before : data[start - 1]!)) continue;
        if (isWord(end === data.length ? after : data[end]!)) continue;
      }
      return { start, end };
    }
    return null;
  }

  #build(): Uint8Array {
    const window = this.#window;
    const jumps = new Uint8Array(tableSize).fill(window - 1);
    for (const { bytes } of this.#forms) {
      for (let at = 1; at < window; at += 1) {
        const pair = (bytes[at - 1]! << 8) | bytes[at]!;
        const jump = window - 1 - at;
        if (jump < jumps[pair]!) jumps[pair] = jump;
      }
    }
    return jumps;
  }
}

function equalAt(form: Uint8Array, data: Uint8Array, start: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (form[at] !== data[start + at]) return false;
  return true;
}

/** A whole token at the very end is undecided until the byte behind it is known. */
function isPending(form: Form, data: Uint8Array, at: number): boolean {
  const available = data.length - at;
  const undecided = form.wholeToken ? available <= form.bytes.length : available < form.bytes.length;
  return undecided && equalAt(form.bytes, data, at, available);
}

function isWord(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}
