import { maxSecretBytes, secretName } from './schemas/secrets.ts';

/** A name and a value of an import, as they were written. */
export interface ImportEntry {
  readonly name: string;
  readonly value: string;
}

/** An entry that is left out, and why. A name that is no name may be a value in the wrong place: it is not repeated. */
export interface SkippedEntry {
  readonly name: string;
  readonly reason: string;
}

/** `${NAME}` of a shell or of Compose, `op://…` of 1Password. */
const pointer = /^\s*(?:\$\{[^}]*\}|op:\/\/\S+)\s*$/;
const ownToken = /^\s*(?:avp|skt)_[A-Za-z0-9_-]{43}\s*$/;

/** What keeps one entry of an import from being stored, without regard to what the vault holds; null where nothing does. */
export function whySkipped({ name, value }: ImportEntry): SkippedEntry | null {
  if (!secretName.safeParse(name).success) {
    return { name: '(unusable name)', reason: 'the name is too long or holds characters that cannot be shown' };
  }
  if (value.trim() === '') return { name, reason: 'the value is empty' };
  // A file that was moved over already says where its keys are now: taking that for a key would replace the key by it.
  if (pointer.test(value)) return { name, reason: 'the value only points at a secret kept elsewhere' };
  if (ownToken.test(value)) return { name, reason: 'the value is a token of aivault, not a key' };
  // A character is at least one byte: what has too many of them need not be counted.
  if (value.length > maxSecretBytes || new TextEncoder().encode(value).length > maxSecretBytes) {
    return { name, reason: 'the value is too large: a secret holds at most 64 KiB' };
  }
  return null;
}
