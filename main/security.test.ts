import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// SECURITY.md may only claim what a test proves: every proof it cites is a file and words of it, and both must be there.

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('SECURITY.md', root), 'utf8');
const rows = text
  .split('\n')
  .map((line) => /^\| ([IG]\d+|T-[A-I]\d+) \| (.*) \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, id, claim, proof]) => ({ id: id!, claim: claim!, proof: proof! }));

test('every promise and every gap has its row, once', () => {
  const gaps = rows.filter(({ id }) => id.startsWith('G')).map(({ id }) => id);
  assert.deepEqual(
    gaps,
    Array.from({ length: 63 }, (_, i) => `G${i + 1}`),
  );
  const promises = rows.filter(({ id }) => id.startsWith('I')).map(({ id }) => id);
  assert.deepEqual(
    promises,
    promises.map((_, i) => `I${i + 1}`),
  );
});

test('every row cites a proof, or says that it is open or that there is nothing to prove', () => {
  const bare = rows.filter(
    ({ claim, proof }) =>
      proof.trim() === '' && !/\*(Open|Not followed)\*|\*Open|There (is|are) no|is not used/.test(claim),
  );
  assert.deepEqual(bare, []);
});

test('every proof is a file that is there and holds the words cited', () => {
  const wrong: string[] = [];
  for (const { id, proof } of rows) {
    const cited = [...proof.matchAll(/`([^`]+)`(?: “([^”]+)”)?/g)];
    const unread = proof
      .replaceAll(/`[^`]+`(?: “[^”]+”)?/g, '')
      .replaceAll(';', '')
      .trim();
    if (unread !== '') wrong.push(`${id}: ${unread} is no proof that can be read`);
    for (const [, file, words] of cited) {
      const held = words !== undefined && read(file!).includes(words);
      if (!held) wrong.push(`${id}: ${file} does not hold “${words}”`);
    }
  }
  assert.deepEqual(wrong, []);
});

function read(file: string): string {
  try {
    return readFileSync(new URL(file, root), 'utf8');
  } catch {
    return '';
  }
}
