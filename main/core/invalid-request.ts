import type { z } from 'zod';
import { AivaultError } from '#contract/errors.ts';

const shown = 3;

/**
 * What is wrong with a question, built from the schema's own words: the path and what was expected. Nothing of what was
 * sent is repeated, because a misplaced secret could be in it.
 */
export function invalidRequest(error: z.ZodError): AivaultError {
  const lines = error.issues.slice(0, shown).map((issue) => {
    const path = issue.path.map(segmentText).join('.');
    const text = issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : plainText(issue);
    return path === '' ? text : `${path}: ${text}`;
  });
  const more = error.issues.length > shown ? `; and ${error.issues.length - shown} more` : '';
  return new AivaultError('invalid_request', `${lines.join('; ')}${more}.`.replace(/\.\.$/, '.'));
}

/** The library's own words for a size become ours; what a schema of ours says about itself stays as it is. */
function plainText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) {
    return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
  }
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) {
    return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
  }
  return issue.message;
}

function amount(size: number | bigint, origin: string): string {
  const one = Number(size) === 1;
  if (origin === 'string') return `${size} ${one ? 'character' : 'characters'}`;
  return origin === 'array' ? `${size} ${one ? 'entry' : 'entries'}` : String(size);
}

/** Indexes and field names of our schemas; the keys of free-form records stay out. */
function segmentText(segment: PropertyKey): string {
  return typeof segment === 'number' || isPlainName(String(segment)) ? String(segment) : '*';
}

function unknownFields(keys: readonly string[]): string {
  const plain = keys.filter(isPlainName);
  return plain.length === keys.length ? `unknown field ${plain.join(', ')}` : 'unknown field';
}

/** Short and letters only, as field names are (but for the two of a scope); no key or token looks like this. */
function isPlainName(text: string): boolean {
  return /^(?:[A-Za-z]{1,24}|workspace_id|group_id)$/.test(text);
}
