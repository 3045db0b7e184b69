import type { AuditAppend, AuditColumns } from './store.ts';
import type { PackedClosings } from './store-protocol.ts';

const usualBytes = 16 * 1024;
/** The most bytes one UTF-16 unit takes in UTF-8. */
const bytesPerUnit = 3;

/** The entry a call ends with. */
export interface Closing {
  readonly call: string;
  readonly columns: AuditColumns;
  readonly body: () => string;
}

/**
 * Gathers closing entries on their way to the chain. Bodies lie here as bytes outside of the heap: whatever of a finished
 * call still lived on it would be copied by every collection until the entry is on disk.
 */
export class ClosingsPacker {
  readonly #calls: string[] = [];
  readonly #times: number[] = [];
  readonly #kinds: string[] = [];
  readonly #actors: string[] = [];
  readonly #outcomes: string[] = [];
  readonly #capabilities: (string | undefined)[] = [];
  readonly #credentials: (string | undefined)[] = [];
  readonly #lengths: number[] = [];
  #bodies = Buffer.allocUnsafeSlow(usualBytes);
  #end = 0;

  get calls(): readonly string[] {
    return this.#calls;
  }

  add({ call, columns, body: bodyOf }: Closing): void {
    this.#calls.push(call);
    this.#times.push(columns.tsMs);
    this.#kinds.push(columns.kind);
    this.#actors.push(columns.actor);
    this.#outcomes.push(columns.outcome);
    this.#capabilities.push(columns.capability);
    this.#credentials.push(columns.credential);
    const body = bodyOf();
    this.#makeRoom(body.length * bytesPerUnit);
    const length = this.#bodies.write(body, this.#end, 'utf8');
    this.#lengths.push(length);
    this.#end += length;
  }

  /** What was added; its bodies are the receiver's to hand over. */
  packed(): PackedClosings {
    return {
      calls: this.#calls,
      times: this.#times,
      kinds: this.#kinds,
      actors: this.#actors,
      outcomes: this.#outcomes,
      capabilities: this.#capabilities,
      credentials: this.#credentials,
      lengths: this.#lengths,
      bodies: this.#bodies.subarray(0, this.#end),
    };
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#bodies.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bodies.length * 2, this.#end + bytes));
    larger.set(this.#bodies.subarray(0, this.#end));
    this.#bodies = larger;
  }
}

/** The entries of a batch. */
export function* unpackClosings(packed: PackedClosings): IterableIterator<AuditAppend> {
  const bodies = Buffer.from(packed.bodies.buffer, packed.bodies.byteOffset, packed.bodies.byteLength);
  let start = 0;
  for (const [at, length] of packed.lengths.entries()) {
    const end = start + length;
    yield {
      tsMs: packed.times[at]!,
      body: bodies.toString('utf8', start, end),
      kind: packed.kinds[at]!,
      actor: packed.actors[at]!,
      outcome: packed.outcomes[at]!,
      capability: packed.capabilities[at],
      credential: packed.credentials[at],
    };
    start = end;
  }
}
