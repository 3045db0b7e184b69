import { hash } from 'node:crypto';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { spelledOut } from '#contract/spelled-out.ts';

const maxShownCharacters = 2000;
/** What could steer a screen, turn its direction, or not be seen at all. A line feed stays: it cannot leave its box. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A body as a person sees it before saying yes: its size, its digest, and its text where it is text. */
export function shownBody(bytes: Uint8Array): NonNullable<ApprovalRequest['body']> {
  const measured = { bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') };
  let whole: string;
  try {
    whole = utf8.decode(bytes);
  } catch {
    return { ...measured, text: null, truncated: false };
  }
  let text = '';
  for (const character of whole) {
    const shown = character !== '\n' && unseen.test(character) ? spelledOut(character) : character;
    if (text.length + shown.length > maxShownCharacters) return { ...measured, text, truncated: true };
    text += shown;
  }
  return { ...measured, text, truncated: false };
}
