import type { Forms } from './forms.ts';
import { edge } from './scanner.ts';

/** What stands where a secret stood. */
export const redacted = '[REDACTED]';

const replacement = Buffer.from(redacted, 'latin1');
const nothing = new Uint8Array(0);

/**
 * Removes every form of a secret from a stream of bytes, whatever the chunk boundaries. Output is the same for every
 * way of cutting the input: the leftmost form wins, of several at one place the longest.
 */
export interface Redactor {
  /** The part of what has arrived that no later byte can turn into a secret. May be `chunk` itself. */
  push(chunk: Uint8Array): Uint8Array;
  /** What was held back, once nothing more will come. */
  end(): Uint8Array;
  /** Replacements so far. */
  readonly count: number;
}

/** A redactor for one body. It holds back only bytes that are a true prefix of a form. */
export function createRedactor(forms: Forms): Redactor {
  let held: Uint8Array = nothing;
  /** The last byte already passed on. */
  let before = edge;
  let count = 0;

  function run(data: Uint8Array, final: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    let cursor = 0;
    const scanner = forms.scannerFor(data);
    let hold = final ? data.length : scanner.pendingFrom(data, 0);
    for (;;) {
      const match = scanner.find(data, cursor, hold, before, edge);
      if (match === null) break;
      if (match.start > cursor) parts.push(data.subarray(cursor, match.start));
      parts.push(replacement);
      count += 1;
      cursor = match.end;
      if (hold < cursor) hold = scanner.pendingFrom(data, cursor);
    }
    if (hold > cursor) parts.push(data.subarray(cursor, hold));
    if (hold > 0) before = data[hold - 1]!;
    // A copy: the chunk belongs to the caller, who may use it again.
    held = hold === data.length ? nothing : data.slice(hold);
    if (parts.length === 1) return cursor === 0 && hold === data.length ? data : parts[0]!;
    return Buffer.concat(parts);
  }

  return {
    push(chunk) {
      if (forms.empty || chunk.length === 0) return chunk;
      return run(held.length === 0 ? chunk : Buffer.concat([held, chunk]), false);
    },
    end() {
      if (held.length === 0) return nothing;
      const out = run(held, true);
      held = nothing;
      return out;
    },
    get count() {
      return count;
    },
  };
}
