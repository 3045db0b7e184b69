import { escapedForms, hasEscape, plainForms } from './encodings.ts';
import { edge, type Form, type Match, Scanner } from './scanner.ts';
import { SpelledFinder } from './spelled.ts';

/** Values shorter than this are only matched as whole tokens: `42` must not eat the middle of every number. */
const shortestFreeMatch = 8;

/** The searching half of a Scanner. */
export type Finder = Pick<Scanner, 'find' | 'pendingFrom' | 'wipe'>;

/** Everything to look for in one answer. Holds secret bytes: `wipe` it when the answer has ended. */
export interface Forms {
  /** There is nothing to look for. */
  readonly empty: boolean;
  /** Whether no form can be in this text, one character per byte. The cheap question, for small and whole things. */
  isClean(text: string): boolean;
  /** What finds every form that can stand in `data`, or begin there. */
  scannerFor(data: Uint8Array): Finder;
  wipe(): void;
}

/**
 * Builds the forms of the secret parts that auth put on the wire. Parts that are identifiers must not be among them.
 * Most answers are small and clean, so scanners are made when one is needed, and escaped forms when an escape is seen.
 */
export function formsOf(injected: readonly Uint8Array[]): Forms {
  const values = injected.filter((part) => part.length > 0).map((part) => new Uint8Array(part));
  const plainTexts = values.flatMap(plainForms);
  let plain: Scanner | null = null;
  let full: Finder | null = null;

  function escaped(): Finder {
    full ??= both(
      new Scanner(formsFrom(values, (value) => [...plainForms(value), ...escapedForms(value)])),
      formsFrom(values, plainForms),
    );
    return full;
  }

  return {
    empty: values.length === 0,
    isClean(text) {
      for (const form of plainTexts) if (text.includes(form)) return false;
      if (!/[%\\&\0]/.test(text)) return true;
      const bytes = Buffer.from(text, 'latin1');
      return escaped().find(bytes, 0, bytes.length, edge, edge) === null;
    },
    scannerFor(data) {
      if (full !== null || hasEscape(data)) return escaped();
      plain ??= new Scanner(formsFrom(values, plainForms));
      return plain;
    },
    wipe() {
      for (const value of values) value.fill(0);
      plainTexts.length = 0;
      plain?.wipe();
      full?.wipe();
    },
  };
}

/** Whole forms by the scanner, spelled ones by reading escapes: whichever starts first, of two at one place the longer. */
function both(scanner: Scanner, spellings: readonly Form[]): Finder {
  const spelled = new SpelledFinder(spellings);
  return {
    find(data, from, until, before, after): Match | null {
      const whole = scanner.find(data, from, until, before, after);
      const other = spelled.find(data, from, whole === null ? until : whole.start + 1);
      if (whole === null || other === null) return whole ?? other;
      return other.start < whole.start || other.end > whole.end ? other : whole;
    },
    pendingFrom: (data, from) => Math.min(scanner.pendingFrom(data, from), spelled.pendingFrom(data, from)),
    wipe() {
      scanner.wipe();
      for (const { bytes } of spellings) bytes.fill(0);
    },
  };
}

/** Longest first, without duplicates. */
function formsFrom(values: readonly Uint8Array[], encode: (value: Uint8Array) => readonly string[]): Form[] {
  const wholeTokens = new Map<string, boolean>();
  for (const value of values) {
    const wholeToken = value.length < shortestFreeMatch;
    // Met as a part of a short and of a long value: the rule that removes more wins.
    for (const text of encode(value)) wholeTokens.set(text, wholeToken && wholeTokens.get(text) !== false);
  }
  wholeTokens.delete('');
  const forms: Form[] = [];
  for (const [text, wholeToken] of wholeTokens) forms.push({ bytes: Buffer.from(text, 'latin1'), wholeToken });
  return forms.sort((a, b) => b.bytes.length - a.bytes.length);
}
