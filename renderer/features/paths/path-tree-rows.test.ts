import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { ancestorsOf, growTree, visibleRows } from './path-tree-rows.ts';

function summary(path: string, expiresAtMs: number | null = null): PathSummary {
  return {
    path,
    secretType: 'kv',
    version: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    expiresAtMs,
    deletedAtMs: null,
    tags: [],
  };
}

const tree = growTree([summary('a'), summary('a/b', 50), summary('a/c/d', 20), summary('e/f')]);
const shape = (open: readonly string[]) =>
  visibleRows(tree, (path) => open.includes(path)).map(({ path, level, below }) => `${level} ${path} ${below}`);

describe('path-tree-rows', () => {
  test('a closed tree shows its top segments and how many secrets are beneath each', () => {
    assert.deepEqual(shape([]), ['1 a 2', '1 e 1']);
  });

  test('what is open shows its children, and a closed child hides its own', () => {
    assert.deepEqual(shape(['a', 'a/c']), ['1 a 2', '2 a/b 0', '2 a/c 1', '3 a/c/d 0', '1 e 1']);
    assert.deepEqual(shape(['a/c']), ['1 a 2', '1 e 1'], 'an open child of a closed parent is not seen');
  });

  test('a path that is a secret and has others beneath is one row', () => {
    const [first] = visibleRows(tree, () => true);
    assert.equal(first?.secret?.path, 'a');
    assert.equal(first?.below, 2);
  });

  test('a row knows the soonest end beneath it, and its place among its siblings', () => {
    const rows = visibleRows(tree, () => true);
    assert.deepEqual(
      rows.map(({ endsBelowMs }) => endsBelowMs),
      [20, null, 20, null, null, null],
    );
    assert.deepEqual(
      rows.map(({ position, siblings }) => `${position}/${siblings}`),
      ['1/2', '1/2', '2/2', '1/1', '2/2', '1/1'],
    );
  });

  test('a path is seen when all its ancestors are open', () => {
    assert.deepEqual(ancestorsOf('a/b/c'), ['a', 'a/b']);
    assert.deepEqual(ancestorsOf('a'), []);
  });
});
