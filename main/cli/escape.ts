import { spelledOut } from '#contract/spelled-out.ts';

// Data may hold anything: a name that arrived from elsewhere must not be able to move the cursor, recolour the screen,
// fake a line or turn the reading direction.

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
// Keeps JSON valid: these can only stand inside its strings.
const unsafeInJson = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

// Most text is plain ASCII, and finding that out is much cheaper than looking for what is unsafe.
const plain = /^[\x20-\x7e]*$/;
const plainJson = /^[\n\x20-\x7e]*$/;

/** One line of text with every control, direction and separator character spelled out as `\uXXXX`. */
export function safe(text: string): string {
  return plain.test(text) ? text : text.replace(unsafe, spelledOut);
}

/** Line feeds, tabs, and what joins letters and emoji. */
const harmless = /[\n\t\u200c\u200d]/;

/** Text of several lines as a terminal may see it: whatever could steer it is spelled out. */
export function safeLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(unsafe, (character) => (harmless.test(character) ? character : spelledOut(character)));
}

/** Two-space JSON that no terminal can be steered with. */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return plainJson.test(text) ? text : text.replace(unsafeInJson, spelledOut);
}
