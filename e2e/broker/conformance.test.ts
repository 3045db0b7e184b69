import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type ConformanceRow, conformance, type Proof } from './conformance-rows.ts';

// Every row is proven by both doors, or says why it cannot be put to one of them.

const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const rows = Object.values(conformance).flatMap((section) => Object.entries(section));

/** Rows that cannot be put to a door. */
const unproven = {
  endpoint: 'S19 S28 S34 S40 S43 S47 E10 E11 E14 E20 E23 A04 A10 A17 A23 P04 P08 P10 O02 O04 O05',
  cli: 'S41 S53',
};

/** What is wrong with a proof, or null. */
function fault(id: string, door: keyof ConformanceRow, proof: Proof): string | null {
  if ('none' in proof) return proof.none.length > 20 ? null : 'no reason';
  const [file, words] = proof;
  const text = read(file);
  const line = text.split('\n').find((each) => each.includes(words));
  if (line === undefined) return `${file} does not hold “${words}”`;
  if (!line.includes(id)) return `${file}: the line with “${words}” does not name it`;
  if (file.endsWith('.txt')) return door === 'cli' && line.startsWith('# ') ? null : `${file}: no title of a script`;
  if (!file.endsWith('.test.ts') || !/['`].*['`]/.test(line)) return `${file}: no title of a test`;
  if (file.startsWith('main/cli/')) return door === 'cli' ? null : 'the CLI is not the endpoint';
  if (!/startTestHost|startHostFixture|aivaultd\.ts/.test(text)) return `${file} starts no real host`;
  const typesCommands = /cli\/aivault\.ts/.test(text);
  return door === 'endpoint' || typesCommands ? null : `${file} runs no command`;
}

describe('the conformance rows', () => {
  test('are those of sections 10.1 to 10.4 and 10.8, each once', () => {
    const counts = Object.entries(conformance).map(([section, held]) => [section, Object.keys(held).length]);
    assert.deepEqual(counts, [
      ['10.1', 36],
      ['10.2', 12],
      ['10.3', 16],
      ['10.4', 16],
      ['10.8', 18],
    ]);
    assert.equal(new Set(rows.map(([id]) => id)).size, rows.length);
  });

  for (const door of ['endpoint', 'cli'] as const) {
    test(`are proven through the ${door}, or say why they cannot be`, () => {
      const faults = rows.flatMap(([id, row]) => fault(id, door, row[door]) ?? []).map(String);
      assert.deepEqual(faults, []);
      // So that another reason is a change somebody has to look at.
      const left = rows.filter(([, row]) => 'none' in row[door]).map(([id]) => id);
      assert.equal(left.join(' '), unproven[door]);
    });
  }

  test('have no row that neither door proves', () => {
    assert.deepEqual(
      rows.filter(([, row]) => 'none' in row.endpoint && 'none' in row.cli).map(([id]) => id),
      [],
    );
  });
});
