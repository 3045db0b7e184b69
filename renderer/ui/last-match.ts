/** V8 keeps the subject of the last pattern match (RegExp.input) alive. Matching something else lets a secret go. */
export function forgetLastMatch(): void {
  /^$/.test('');
}
