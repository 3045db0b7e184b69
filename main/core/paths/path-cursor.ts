import { hash } from 'node:crypto';
import { AivaultError } from '#contract/errors.ts';

/** Seals and opens the text of a cursor; keyed, so that nobody can make one up or read one. */
export interface CursorSeal {
  seal(text: string): string;
  /** Null where the text was not sealed by us. */
  open(sealed: string): string | null;
}

/**
 * A page's cursor is the last path it showed. Pages go by path order, so a path that exists all along is shown once,
 * whatever is written in between. The question is sealed in: a cursor of one list does not open another. Its hash is,
 * since every cursor that is handed out has to fit where it is given back, however long the question was.
 */
export function sealCursor(cursors: CursorSeal, question: string, lastPath: string): string {
  return cursors.seal(JSON.stringify([nameOf(question), lastPath]));
}

/** The path to go on after; `invalid_request` (reason `invalid_cursor`) where the cursor is not of this question. */
export function openCursor(cursors: CursorSeal, question: string, cursor: string): string {
  const text = cursors.open(cursor);
  const parts: unknown = text === null ? null : JSON.parse(text);
  if (Array.isArray(parts) && parts[0] === nameOf(question) && typeof parts[1] === 'string') return parts[1];
  throw new AivaultError('invalid_request', 'This cursor does not belong to this list.', { reason: 'invalid_cursor' });
}

function nameOf(question: string): string {
  return hash('sha256', question, 'base64url');
}
