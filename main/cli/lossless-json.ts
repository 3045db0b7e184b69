// JSON as it was written: key order, repeated keys and the digits of numbers survive (JSON.parse loses all three).

/** A JSON value; numbers keep their text, objects their order and repetitions. */
export type Json =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly raw: string }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, rawKey: string, value: Json])[] };

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// A string as RFC 8259 §7 has it; the escapes are resolved by JSON.parse.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blank = /[ \t\n\r]*/y;
const deepest = 512;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value(0);
    this.#match(blank);
    if (this.#at !== this.#text.length) throw new SyntaxError('text after the value');
    return value;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #take(character: string): boolean {
    this.#match(blank);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new SyntaxError(`expected ${character} at ${this.#at}`);
  }

  #value(depth: number): Json {
    if (depth > deepest) throw new SyntaxError('nested too deep');
    this.#match(blank);
    const next = this.#text[this.#at];
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"') return this.#string();
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    const digits = this.#match(number);
    if (digits === null || digits === '') throw new SyntaxError(`no value at ${this.#at}`);
    return { kind: 'number', text: digits };
  }

  #string(): Json & { kind: 'string' } {
    this.#match(blank);
    const raw = this.#match(string);
    if (raw === null) throw new SyntaxError(`no string at ${this.#at}`);
    return { kind: 'string', text: JSON.parse(raw) as string, raw };
  }

  #array(depth: number): Json {
    this.#expect('[');
    const items: Json[] = [];
    if (this.#take(']')) return { kind: 'array', items };
    do items.push(this.#value(depth + 1));
    while (this.#take(','));
    this.#expect(']');
    return { kind: 'array', items };
  }

  #object(depth: number): Json {
    this.#expect('{');
    const entries: (readonly [string, string, Json])[] = [];
    if (this.#take('}')) return { kind: 'object', entries };
    do {
      const key = this.#string();
      this.#expect(':');
      entries.push([key.text, key.raw, this.#value(depth + 1)]);
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'object', entries };
  }
}

const words: readonly (readonly [string, Json])[] = [
  ['null', { kind: 'null' }],
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
];

/** Parses strictly (RFC 8259). Throws SyntaxError for anything else. */
export function parseJson(text: string): Json {
  return new Parser(text).document();
}

/** The value with two-space indentation; strings and numbers exactly as they were written. */
export function printJson(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return value.text;
    case 'string':
      return value.raw;
    case 'array':
      if (value.items.length === 0) return '[]';
      return `[\n${value.items.map((item) => inner + printJson(item, inner)).join(',\n')}\n${indent}]`;
    case 'object':
      if (value.entries.length === 0) return '{}';
      return `{\n${value.entries
        .map(([, key, item]) => `${inner}${key}: ${printJson(item, inner)}`)
        .join(',\n')}\n${indent}}`;
  }
}
