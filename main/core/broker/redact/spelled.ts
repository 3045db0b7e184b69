import type { Form, Match } from './scanner.ts';

// A secret spelled with escapes at places nobody can list beforehand: `\u002B` for a plus (.NET), `\u003d` for an equals
// sign (Gson), `&#43;`, `%2B`, `\/`, once or more times over. So escapes are read where they stand, one by one, and what
// they stand for is compared with the value.

/** What one escape stands for and where it ends; `cut` where the data ends inside it. */
type Escape = { readonly bytes: Uint8Array; readonly end: number } | 'cut' | null;

const [percent, backslash, ampersand, semicolon] = [0x25, 0x5c, 0x26, 0x3b];
/** Escapes of escapes: so many backslashes or `25`s in a row are followed. */
const mostLayers = 8;
const longestEntity = 12;
/** The longest spelling of one byte. */
const longestEscape = mostLayers * 2 + 8;
const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  plus: '+',
  equals: '=',
  sol: '/',
  bsol: '\\',
  grave: '`',
};

/** Finds values of which at least one character is escaped, in whatever mixture. Values without any are not its business. */
export class SpelledFinder {
  readonly #values: readonly Uint8Array[];
  /** Per value and byte, where in the value that byte stands: few places, however long the value is. */
  readonly #places: readonly (readonly (readonly number[] | undefined)[])[];
  /** Bytes of the longest value, and the most it can take when every byte is escaped. */
  readonly #longest: number;
  readonly #reach: number;

  /** The finder keeps the forms' bytes, not copies. Forms that only match as whole tokens are left out. */
  constructor(forms: readonly Form[]) {
    this.#values = forms.filter(({ wholeToken }) => !wholeToken).map(({ bytes }) => bytes);
    this.#places = this.#values.map(placesOf);
    this.#longest = Math.max(0, ...this.#values.map((value) => value.length));
    this.#reach = longestEscape * this.#longest;
  }

  /** The match that starts first in `from <= start < until`; of several there, the longest. */
  find(data: Uint8Array, from: number, until: number): Match | null {
    let best: Match | null = null;
    for (let at = nextEscape(data, from); at !== -1; at = nextEscape(data, at + 1)) {
      // A match begins at most one value before its first found.
      if (at > (best?.start ?? until) + this.#longest) break;
      for (const { start, end } of this.#startingBefore(data, from, at)) {
        if (end === 'cut' || start >= until) continue;
        if (best === null || start < best.start || (start === best.start && end > best.end)) best = { start, end };
      }
    }
    return best;
  }

  /** The first position from which the data may still grow into a match; `data.length` if none. */
  pendingFrom(data: Uint8Array, from: number): number {
    let first = data.length;
    const earliest = Math.max(from, data.length - this.#reach);
    for (let at = nextEscape(data, earliest); at !== -1; at = nextEscape(data, at + 1)) {
      for (const { start, end } of this.#startingBefore(data, from, at)) {
        if (end === 'cut' && start < first) first = start;
      }
    }
    return first;
  }

  /** Every match, whole or cut off by the end of the data, whose first escape is the one at `at`. */
  *#startingBefore(
    data: Uint8Array,
    from: number,
    at: number,
  ): Generator<{ readonly start: number; readonly end: number | 'cut' }> {
    const found = readEscape(data, at);
    if (found === null) return;
    for (const [which, value] of this.#values.entries()) {
      if (found === 'cut') {
        // An escape cut off by the end may become any character of the value.
        for (let index = 0; index < value.length && at - index >= from; index += 1) {
          if (endsWith(data, at, value, index)) yield { start: at - index, end: 'cut' };
        }
        continue;
      }
      for (const index of this.#places[which]![found.bytes[0]!] ?? []) {
        if (at - index < from) break;
        if (!startsWith(value, index, found.bytes) || !endsWith(data, at, value, index)) continue;
        const end = spelledOn(value, index + found.bytes.length, data, found.end);
        if (end !== null) yield { start: at - index, end };
      }
    }
  }
}

function placesOf(value: Uint8Array): (number[] | undefined)[] {
  const places: (number[] | undefined)[] = new Array(256);
  for (const [index, byte] of value.entries()) {
    const known = places[byte];
    if (known === undefined) places[byte] = [index];
    else known.push(index);
  }
  return places;
}

/** Where the rest of a value ends that begins at `at`; null where something else stands there. */
function spelledOn(value: Uint8Array, index: number, data: Uint8Array, at: number): number | 'cut' | null {
  let place = at;
  for (let next = index; next < value.length; ) {
    if (place >= data.length) return 'cut';
    if (data[place] === backslash && value[next] === backslash) {
      if (place + 1 >= data.length) return 'cut';
      place += data[place + 1] === backslash ? 2 : 1;
      next += 1;
      continue;
    }
    const found = readEscape(data, place);
    if (found === 'cut') return 'cut';
    if (found !== null && startsWith(value, next, found.bytes)) {
      next += found.bytes.length;
      place = found.end;
    } else if (data[place] === value[next]) {
      next += 1;
      place += 1;
    } else return null;
  }
  return place;
}

function nextEscape(data: Uint8Array, from: number): number {
  for (let at = from; at < data.length; at += 1) {
    const byte = data[at]!;
    if (byte === backslash || byte === percent || byte === ampersand) return at;
  }
  return -1;
}

function readEscape(data: Uint8Array, at: number): Escape {
  switch (data[at]) {
    case percent:
      return readPercent(data, at);
    case backslash:
      return readBackslash(data, at);
    case ampersand:
      return readEntity(data, at);
    default:
      return null;
  }
}

/** `%2B`, and `%252B` for an address inside an address (RFC 3986 §2.1). */
function readPercent(data: Uint8Array, at: number): Escape {
  let place = at + 1;
  for (let layer = 0; layer < mostLayers && data[place] === 0x32 && data[place + 1] === 0x35; layer += 1) {
    const inner = hexAt(data, place + 2, 2);
    if (inner === 'cut') return 'cut';
    if (inner === null) break;
    place += 2;
  }
  const byte = hexAt(data, place, 2);
  return typeof byte === 'number' ? { bytes: Uint8Array.of(byte), end: place + 2 } : byte;
}

/** `\u002b` and `\/` of JSON (RFC 8259 §7), `\x2b` of JavaScript; more backslashes where strings stand in strings. */
function readBackslash(data: Uint8Array, at: number): Escape {
  let place = at;
  while (data[place] === backslash && place - at < mostLayers) place += 1;
  if (place >= data.length) return 'cut';
  const letter = String.fromCharCode(data[place]!);
  if (letter === '/' || letter === '"' || letter === "'") return { bytes: Uint8Array.of(data[place]!), end: place + 1 };
  const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0;
  if (digits === 0) return null;
  const unit = hexAt(data, place + 1, digits);
  if (typeof unit !== 'number') return unit;
  return { bytes: Buffer.from(String.fromCharCode(unit)), end: place + 1 + digits };
}

/** `&#43;`, `&#x2b;`, `&plus;` (WHATWG HTML §13.5). */
function readEntity(data: Uint8Array, at: number): Escape {
  const limit = Math.min(data.length, at + longestEntity);
  const end = data.subarray(at, limit).indexOf(semicolon);
  if (end === -1) {
    const begun = limit < at + longestEntity ? Buffer.from(data.subarray(at + 1, limit)).toString('latin1') : '-';
    return /^#(?:x?[0-9a-f]*)$/i.test(begun) || Object.keys(names).some((name) => name.startsWith(begun))
      ? 'cut'
      : null;
  }
  const text = Buffer.from(data.buffer, data.byteOffset + at + 1, end - 1).toString('latin1');
  const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(text);
  if (number === null) {
    const named = names[text];
    return named === undefined ? null : { bytes: Buffer.from(named), end: at + end + 1 };
  }
  const point = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  return point > 0x10ffff ? null : { bytes: Buffer.from(String.fromCodePoint(point)), end: at + end + 1 };
}

function hexAt(data: Uint8Array, at: number, digits: number): number | 'cut' | null {
  let value = 0;
  for (let place = at; place < at + digits; place += 1) {
    if (place >= data.length) return 'cut';
    const byte = data[place]!;
    const low = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (low >= 0x61 && low <= 0x66) value = value * 16 + low - 0x57;
    else return null;
  }
  return value;
}

function startsWith(value: Uint8Array, index: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (value[index + at] !== bytes[at]) return false;
  return bytes.length > 0;
}

/** Whether the `length` bytes in front of `at` are the value's first. */
function endsWith(data: Uint8Array, at: number, value: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (data[at - length + index] !== value[index]) return false;
  return true;
}
