import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

// The canary sweep: a secret made for one run must not be found afterwards, in any spelling, where it does not belong.

const base64Core = (bytes: Buffer, shift: number) => {
  // What stands in base64 whatever comes before and after: the groups that hold nothing but the secret.
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const from = shift === 0 ? 0 : 4;
  return text.slice(from, text.length - 4);
};

/** Every spelling under which a leak would be one. */
export function spellings(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret, 'utf8');
  const half = Math.ceil(secret.length / 2);
  const all: [string, string][] = [
    ['raw', secret],
    ['reversed', [...secret].toReversed().join('')],
    ['first half', secret.slice(0, half)],
    ['second half', secret.slice(half)],
    ['hex', bytes.toString('hex')],
    ['percent', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ];
  for (const shift of [0, 1, 2]) all.push([`base64 at ${shift}`, base64Core(bytes, shift)]);
  for (const shift of [0, 1, 2])
    all.push([`base64url at ${shift}`, base64Core(bytes, shift).replaceAll('+', '-').replaceAll('/', '_')]);
  return new Map(all.filter(([, text]) => text.length >= 8));
}

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(file);
    else if (entry.isFile() && statSync(file).size > 0) yield file;
  }
}

/** Where the secret was found, in words; empty is what a test wants. */
export function sweep(
  secret: string,
  folders: readonly string[],
  texts: Readonly<Record<string, string>>,
): readonly string[] {
  const forms = spellings(secret);
  const found: string[] = [];
  const look = (where: string, content: Buffer) => {
    for (const [name, form] of forms) if (content.includes(form)) found.push(`${name} in ${where}`);
  };
  for (const folder of folders) for (const file of filesUnder(folder)) look(path.basename(file), readFileSync(file));
  for (const [where, text] of Object.entries(texts)) look(where, Buffer.from(text, 'utf8'));
  return found;
}
