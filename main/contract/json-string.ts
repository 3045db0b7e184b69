/**
 * In valid JSON, the index of the quote that closes the string opened at `start`: the first one behind no or an even number
 * of backslashes (RFC 8259 §7).
 */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  for (;;) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
}
