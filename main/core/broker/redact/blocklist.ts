import { AivaultError } from '#contract/errors.ts';
import { JsonFilter } from './json-filter.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';

/** Replaces blocked fields in one decoded body, JSON as a whole, as JSON lines or in the events of a stream. */
export interface Blocklist {
  push(chunk: Uint8Array): Uint8Array;
}

/** JSON in its several wrappings, with a character set in which a brace is a brace. */
const filterable =
  /^\s*(?:(?:application|text)\/(?:[\w.-]+\+)?(?:json|x-json|json-seq|ndjson|x-ndjson|jsonl|jsonlines|x-jsonlines|javascript|x-javascript)|application\/(?:[\w.-]+\+)json-seq|text\/event-stream)\s*(?:;|$)/i;
const otherCharset = /;\s*charset\s*=\s*(?!\s*["']?(?:utf-?8|us-ascii|ascii|iso-8859-1)["']?\s*(?:;|$))/i;

/**
 * Whether fields can be found in an answer of this type at all. A caller chooses the type with `accept`, so whatever is
 * not JSON must not pass where fields are to be hidden (G23).
 */
export function canBlock(contentType: string): boolean {
  return filterable.test(contentType) && !otherCharset.test(contentType);
}

/** The filter for one answer, or null where no entry says anything. Throws `invalid_request` for an entry that is none. */
export function createBlocklist(entries: readonly string[], contentType: string): Blocklist | null {
  const paths = entries.filter((entry) => entry.trim() !== '').map(pathOf);
  if (paths.length === 0) return null;
  const filter = new JsonFilter(paths);
  return /^\s*text\/event-stream\b/i.test(contentType) ? new EventLines(filter) : filter;
}

function pathOf(entry: string): JsonPath {
  const path = parseJsonPath(entry);
  if (path === null) {
    throw new AivaultError('invalid_request', 'A blocklist entry is not a JSON path.', {
      hint: 'Write $.data.email, $.items[*].token, or a bare field name for every place it occurs.',
    });
  }
  return path;
}

const dataField = Buffer.from('data:');
const [lineFeed, carriageReturn] = [0x0a, 0x0d];
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Server-sent events: the filter sees what `data:` lines carry; one event is one document, however many lines it has. */
class EventLines implements Blocklist {
  readonly #filter: JsonFilter;
  /** Bytes of `data:` matched on this line; past them, whether the line is a data line. */
  #matched = 0;
  #kind: 'unknown' | 'data' | 'other' = 'unknown';
  #afterReturn = false;
  /** A byte order mark in front of the first line is no part of it (WHATWG HTML §9.2.5). */
  #first = true;

  constructor(filter: JsonFilter) {
    this.#filter = filter;
  }

  push(chunk: Uint8Array): Uint8Array {
    const out: Uint8Array[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      const afterReturn = this.#afterReturn;
      this.#afterReturn = byte === carriageReturn;
      if (byte === lineFeed || byte === carriageReturn) {
        if (this.#kind === 'data') out.push(this.#filter.push(chunk.subarray(from, at)));
        else out.push(chunk.subarray(from, at));
        out.push(chunk.subarray(at, at + 1));
        from = at + 1;
        if (byte === carriageReturn || !afterReturn) this.#endLine();
      } else if (this.#kind === 'unknown') {
        if (this.#completesDataField(byte)) {
          out.push(chunk.subarray(from, at + 1));
          from = at + 1;
        }
      }
    }
    const rest = chunk.subarray(from);
    out.push(this.#kind === 'data' ? this.#filter.push(rest) : rest);
    return Buffer.concat(out);
  }

  #completesDataField(byte: number): boolean {
    if (this.#first && this.#matched === 0 && byteOrderMark.includes(byte)) return false;
    if (byte !== dataField[this.#matched]) this.#kind = 'other';
    else {
      this.#matched += 1;
      if (this.#matched === dataField.length) this.#kind = 'data';
    }
    return this.#kind === 'data';
  }

  #endLine(): void {
    this.#first = false;
    const blank = this.#kind === 'unknown' && this.#matched === 0;
    if (blank) this.#filter.reset();
    // Lines of one event are joined by a line feed, which also ends a bare number.
    else if (this.#kind === 'data') this.#filter.push(Uint8Array.of(lineFeed));
    this.#kind = 'unknown';
    this.#matched = 0;
  }
}
