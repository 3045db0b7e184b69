import type { Unnumbered } from '#contract/entry-text.ts';
import { appendOf } from './filter-columns.ts';
import type { AuditAppend } from './store.ts';
import type { PackedClosings } from './store-protocol.ts';

// Closing entries on their way to the store's thread, as numbers outside of the heap: whatever of a finished call still
// lived on it would be copied by every collection until the entry is on disk. A text is the number of its place in a list
// of its batch, because calls say the same few again and again. What the numbers spell is written down over there.

type Field = keyof Required<Unnumbered>;
type Step = NonNullable<Unnumbered['trace']>[number];

/** How each field crosses: a field that is added to the schema and not here does not compile. */
const crossing = {
  actor: 'text',
  capability: 'text',
  code: 'text',
  consumer: 'text',
  count: 'number',
  credential: 'text',
  groupId: 'text',
  host: 'text',
  kind: 'text',
  method: 'text',
  note: 'text',
  outcome: 'text',
  path: 'text',
  presence: 'text',
  redactions: 'number',
  requestBytes: 'number',
  responseBytes: 'number',
  scope: 'scope',
  secretId: 'text',
  secretName: 'text',
  secretPath: 'text',
  status: 'number',
  throughSeq: 'number',
  tokenId: 'text',
  tookMs: 'number',
  trace: 'trace',
  tsMs: 'number',
  version: 'number',
  workspaceId: 'text',
} as const satisfies Readonly<Record<Field, 'text' | 'number' | 'scope' | 'trace'>>;

type Crossing<As> = { [F in Field]: (typeof crossing)[F] extends As ? F : never }[Field];
const fieldsAs = <As extends string>(as: As) =>
  (Object.keys(crossing) as Field[]).filter((field) => crossing[field] === as) as Crossing<As>[];
const textFields = fieldsAs('text');
const numberFields = fieldsAs('number');

/** Cells of an entry: its fields, its scope, and how many steps follow; and of a step: outcome, stage, time. */
const cellsOfEntry = textFields.length + numberFields.length + 2;
const cellsOfStep = 3;
/** Where an entry has no such text, or no trace; what it has no number for is no number. */
const none = -1;
const usualCells = 1024;

export class ClosingsPacker {
  readonly #calls: string[] = [];
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();
  #cells = new Float64Array(usualCells);
  #end = 0;

  get calls(): readonly string[] {
    return this.#calls;
  }

  add(call: string, entry: Unnumbered): void {
    this.#calls.push(call);
    const { scope, trace } = entry;
    this.#makeRoom(cellsOfEntry + (trace?.length ?? 0) * cellsOfStep);
    for (const field of textFields) this.#putText(entry[field]);
    for (const field of numberFields) this.#put(entry[field] ?? Number.NaN);
    this.#putText(scope === undefined ? undefined : JSON.stringify(scope));
    this.#put(trace?.length ?? none);
    for (const { outcome, stage, tookMs } of trace ?? []) {
      this.#putText(outcome);
      this.#putText(stage);
      this.#put(tookMs);
    }
  }

  /** What was added; its cells are the receiver's to hand over. */
  packed(): PackedClosings {
    return { calls: this.#calls, texts: this.#texts, cells: this.#cells.subarray(0, this.#end) };
  }

  #put(value: number): void {
    this.#cells[this.#end] = value;
    this.#end += 1;
  }

  #putText(text: string | undefined): void {
    this.#put(text === undefined ? none : this.#placeOf(text));
  }

  #placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.#texts.push(text) - 1;
    this.#places.set(text, place);
    return place;
  }

  #makeRoom(cells: number): void {
    if (this.#end + cells <= this.#cells.length) return;
    const larger = new Float64Array(Math.max(this.#cells.length * 2, this.#end + cells));
    larger.set(this.#cells.subarray(0, this.#end));
    this.#cells = larger;
  }
}

/** The entries of a batch, spelled out. */
export function* unpackClosings({ calls, texts, cells }: PackedClosings): IterableIterator<AuditAppend> {
  let at = 0;
  const next = (): number => cells[at++]!;
  const nextText = (): string | undefined => texts[next()];
  for (const _ of calls) {
    const read: Partial<Record<Field, unknown>> = {};
    for (const field of textFields) read[field] = nextText();
    for (const field of numberFields) {
      const value = next();
      if (!Number.isNaN(value)) read[field] = value;
    }
    const scope = nextText();
    if (scope !== undefined) read.scope = JSON.parse(scope);
    const steps = next();
    if (steps !== none) read.trace = Array.from({ length: steps }, () => step(nextText()!, nextText()!, next()));
    yield appendOf(read as Unnumbered);
  }
}

function step(outcome: string, stage: string, tookMs: number): Step {
  return { outcome: outcome as Step['outcome'], stage, tookMs };
}
