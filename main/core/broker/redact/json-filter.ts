import { AivaultError } from '#contract/errors.ts';
import { atRoot, descend, type JsonPath, type Places } from './json-path.ts';
import { redacted } from './redactor.ts';

// Replaces the values at given paths while a JSON text streams by. Everything else is copied byte for byte, so numbers,
// member order, duplicates and white space stay as they were. It follows structure only: text that is not JSON passes
// unchanged, and several documents in a row (JSON lines) are each taken from the root.

interface Level {
  readonly array: boolean;
  readonly places: Places;
  index: number;
  /** In an object: the name whose value comes next. */
  key: string;
  /** In an object: between a brace or comma and the colon. */
  expectsKey: boolean;
}

const replacement = Buffer.from(`"${redacted}"`);
/** Longer names cannot match: an entry has at most 256 characters of at most six bytes each. */
const longestName = 256 * 6 + 2;
const deepest = 1000;
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
// No JSON value goes on with an opening brace; what stands before one is a byte order mark, a record separator or the
// name of a callback, and the document behind it is filtered like any other.
const endsBare = (byte: number) =>
  isSpace(byte) ||
  byte === comma ||
  byte === colon ||
  byte === quote ||
  byte === openBrace ||
  byte === openBracket ||
  byte === closeBrace ||
  byte === closeBracket;

/** One filter per answer: it remembers where in the text it is. */
export class JsonFilter {
  readonly #paths: readonly JsonPath[];
  #levels: Level[] = [];
  #mode: 'between' | 'string' | 'bare' = 'between';
  #escaped = false;
  /** Bytes of a member's name while it is read. */
  #name: number[] | null = null;
  /** How many levels were open where the value being left out began; -1 while copying. */
  #omitting = -1;
  #out: Uint8Array[] = [];
  /** First byte of the chunk not yet copied. */
  #from = 0;

  constructor(paths: readonly JsonPath[]) {
    this.#paths = paths;
  }

  /** Throws `response_refused` where values are nested too deeply to follow. */
  push(chunk: Uint8Array): Uint8Array {
    this.#out = [];
    this.#from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (this.#mode === 'string') this.#inString(byte, at);
      else if (this.#mode === 'bare' && !endsBare(byte)) continue;
      else {
        if (this.#mode === 'bare') this.#valueEnded(at);
        this.#between(byte, at, chunk);
      }
    }
    if (this.#omitting < 0 && this.#from < chunk.length) this.#out.push(chunk.subarray(this.#from));
    return this.#out.length === 1 ? this.#out[0]! : Buffer.concat(this.#out);
  }

  /** Forgets a document that broke off. */
  reset(): void {
    this.#levels = [];
    this.#mode = 'between';
    this.#escaped = false;
    this.#name = null;
    this.#omitting = -1;
  }

  #inString(byte: number, at: number): void {
    if (!this.#escaped && byte === quote) {
      const name = this.#name;
      this.#mode = 'between';
      this.#name = null;
      if (name === null) this.#valueEnded(at + 1);
      else this.#levels.at(-1)!.key = decodeName(name);
      return;
    }
    this.#escaped = !this.#escaped && byte === backslash;
    if (this.#name !== null && this.#name.length < longestName) this.#name.push(byte);
  }

  #between(byte: number, at: number, chunk: Uint8Array): void {
    const top = this.#levels.at(-1);
    if (isSpace(byte)) return;
    if (byte === comma) {
      if (top !== undefined) {
        top.index += 1;
        top.expectsKey = !top.array;
      }
    } else if (byte === colon) {
      if (top !== undefined) top.expectsKey = false;
    } else if (byte === closeBrace || byte === closeBracket) {
      this.#levels.pop();
      this.#valueEnded(at + 1);
    } else if (byte === quote && top?.expectsKey === true) {
      this.#mode = 'string';
      this.#name = [];
    } else {
      const places = this.#valueStarts(at, chunk);
      if (byte === openBrace || byte === openBracket) this.#open(byte === openBracket, places);
      else this.#mode = byte === quote ? 'string' : 'bare';
    }
  }

  #open(array: boolean, places: Places): void {
    if (this.#levels.length >= deepest) {
      throw new AivaultError('response_refused', 'The answer is nested too deeply to be filtered.');
    }
    this.#levels.push({ array, places, index: 0, key: '', expectsKey: !array });
  }

  /** Leaves the value out if a path ends here; else says what its children have to match. */
  #valueStarts(at: number, chunk: Uint8Array): Places {
    if (this.#omitting >= 0) return [];
    const top = this.#levels.at(-1);
    if (top === undefined) return atRoot(this.#paths);
    const { places, hit } = descend(this.#paths, top.places, top.array ? top.index : top.key);
    if (hit) {
      this.#omitting = this.#levels.length;
      this.#out.push(chunk.subarray(this.#from, at), replacement);
    }
    return places;
  }

  #valueEnded(end: number): void {
    this.#mode = 'between';
    if (this.#omitting !== this.#levels.length) return;
    this.#omitting = -1;
    this.#from = end;
  }
}

function decodeName(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
