// Reads KEY=value lines the way dotenv files are written: comments, `export`, quotes, and values over several lines.

import { forgetLastMatch } from '../../ui/last-match.ts';

export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
}

const assignment =
  /(?:^|\n)[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*("(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`|[^\n]*)/g;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '`': '`' };

/** The last assignment of a name wins, as in a shell. Empty values are left out: an empty value is not a secret. */
export function parseDotenv(text: string): DotenvEntry[] {
  const entries = new Map<string, string>();
  for (const match of text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .matchAll(assignment)) {
    const name = match[1] ?? '';
    const value = unquote((match[2] ?? '').trim());
    if (value !== '') entries.set(name, value);
  }
  forgetLastMatch();
  return [...entries].map(([name, value]) => ({ name, value }));
}

function unquote(raw: string): string {
  if (raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"')) {
    return raw.slice(1, -1).replaceAll(/\\([nrt"\\$`])/g, (_, letter: string) => escapes[letter] ?? letter);
  }
  if (raw.length >= 2 && (raw[0] === "'" || raw[0] === '`') && raw.endsWith(raw[0])) return raw.slice(1, -1);
  return raw.replace(/(?:^|\s)#.*$/, '').trim();
}
