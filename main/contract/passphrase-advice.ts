/** Under so many characters most passphrases are guessed by whoever holds a copy of the file, whatever Argon2id costs. */
const shortest = 12;

/** What to say about a new passphrase before it is used; null where there is nothing. It is said, not refused. */
export function passphraseAdvice(passphrase: string): string | null {
  if ([...passphrase].length >= shortest) return null;
  return `A passphrase under ${shortest} characters can be guessed by whoever gets a copy of the file; take four words or more.`;
}
