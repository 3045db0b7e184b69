import { AivaultError } from '#contract/errors.ts';

// KEY=VALUE pairs, from flags (taken verbatim) and from .env files (quotes, comments and `export` understood).

export interface Entry {
  readonly name: string;
  readonly value: string;
}

/** One `KEY=VALUE`: the first `=` splits, the key is trimmed, the value stays as it is. Never quotes the input. */
export function readEntry(written: string, where: string): Entry {
  const equals = written.indexOf('=');
  if (equals === -1) throw new AivaultError('invalid_request', `${where} is not KEY=VALUE.`);
  const name = written.slice(0, equals).trim();
  if (name === '') throw new AivaultError('invalid_request', `${where} has no key before its =.`);
  return { name, value: written.slice(equals + 1) };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '`': '`' };

/** Takes a quoted value from the text after `=`; `end` is where its closing quote stands, null if it never closes. */
function quoted(text: string, quote: string): { value: string; end: number } | null {
  let value = '';
  for (let at = 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote) return { value, end: at };
    if (character === '\\' && quote === '"' && at + 1 < text.length) {
      at += 1;
      value += escapes[text[at]!] ?? `\\${text[at]}`;
    } else value += character;
  }
  return null;
}

/**
 * Reads a .env file: blank lines and `#` comments skipped, `export ` allowed, single quotes literal, double quotes with
 * escapes and line breaks, a ` #` after an unquoted value starts a comment. Throws `invalid_request` with the line.
 */
export function readEnvFile(content: string): readonly Entry[] {
  const entries: Entry[] = [];
  const text = content.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  let at = 0;
  let line = 0;
  while (at < text.length) {
    line += 1;
    const end = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
    const written = text.slice(at, end);
    if (/^\s*(?:#.*)?$/.test(written)) {
      at = end + 1;
      continue;
    }
    const entry = readEntry(written.replace(/^\s*export\s+/, ''), `Line ${line}`);
    const opening = entry.value.trimStart()[0];
    if (opening !== '"' && opening !== "'" && opening !== '`') {
      entries.push({ name: entry.name, value: entry.value.replace(/\s#.*$/, '').trim() });
      at = end + 1;
      continue;
    }
    const start = text.indexOf(opening, at + written.indexOf('='));
    const found = quoted(text.slice(start), opening);
    if (found === null) throw new AivaultError('invalid_request', `Line ${line} opens a quote that never closes.`);
    entries.push({ name: entry.name, value: found.value });
    const after = start + found.end + 1;
    const stop = text.indexOf('\n', after) === -1 ? text.length : text.indexOf('\n', after);
    if (!/^\s*(?:#.*)?$/.test(text.slice(after, stop))) {
      throw new AivaultError('invalid_request', `Line ${line} goes on after its closing quote.`);
    }
    line += text.slice(at, after).split('\n').length - 1;
    at = stop + 1;
  }
  return entries;
}
