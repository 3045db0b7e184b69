import { endOfString } from './json-string.ts';

/**
 * Whether an object of valid JSON names a key twice, however it is spelled. RFC 8259 §4 leaves to the reader which one
 * counts. Strings are skipped whole; only keys are looked at.
 */
export function hasDuplicateKey(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        open.push(new Set());
        keyNext = true;
        break;
      case 0x5b: // [
        open.push(null);
        keyNext = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        keyNext = false;
        break;
      case 0x2c: // ,
        keyNext = open.at(-1) instanceof Set;
        break;
      case 0x22: {
        // "
        const end = endOfString(text, i);
        if (keyNext) {
          const keys = open.at(-1) as Set<string>;
          const raw = text.slice(i, end + 1);
          const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
          if (keys.has(key)) return true;
          keys.add(key);
          keyNext = false;
        }
        i = end;
        break;
      }
    }
  }
  return false;
}
