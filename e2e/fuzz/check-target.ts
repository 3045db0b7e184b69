import assert from 'node:assert/strict';
import { AivaultError } from '#contract/errors.ts';
import { type CanonicalTarget, canonicalTarget, type NamesEncodedSlash } from '#core/policy/canonical.ts';
import { compilePath, pathMatches } from '#core/policy/path-match.ts';

const belowUsers = compilePath('/v1/users/**');
const oneUser = compilePath('/v1/users/{id}');

/** What policy makes of a target: its canonical form, or null where it is refused with one of the two codes. */
export function accepted(raw: string, named?: NamesEncodedSlash): CanonicalTarget | null {
  try {
    return canonicalTarget(raw, named);
  } catch (error) {
    assert.ok(error instanceof AivaultError, `threw ${String(error)}`);
    assert.match(error.code, /^(?:policy_violation|invalid_request)$/);
    return null;
  }
}

export function written({ path, query }: CanonicalTarget): string {
  return query === null ? path : `${path}?${query}`;
}

/** Everything that has to hold of a target that policy accepts. Throws where something does not. */
export function checkAccepted(target: CanonicalTarget): void {
  const { path, query } = target;
  assert.match(path, /^\/[\x21-\x7e]*$/, 'printable ASCII');
  assert.ok(!/[?#\\"<>^`{|}]/.test(path), 'nothing a parser would cut or rewrite');
  assert.deepEqual(canonicalTarget(written(target)), target, 'canonicalising again changes nothing');
  const url = new URL(`https://up.test${written(target)}`);
  assert.equal(url.host, 'up.test');
  assert.equal(url.pathname, path, 'a URL parser sees the same path');
  if (query !== null) assert.ok(!/[#\s]/.test(query));

  // Decoded once, twice, three times: never another segment, never a dot segment.
  const count = path.split('/').length;
  let text = path;
  for (let level = 0; level < 3; level++) {
    text = decodeOnce(text);
    for (const reading of [text, text.normalize('NFKC'), text.toLowerCase()]) {
      const segments = reading.split(/[/\\]/);
      assert.equal(
        segments.length,
        count,
        `decoded ${level + 1} times there are other segments: ${JSON.stringify(reading)}`,
      );
      assert.ok(
        !segments.some((segment) => /^\.{1,2}(?:;.*)?$/s.test(segment)),
        `a dot segment in ${JSON.stringify(reading)}`,
      );
      assert.ok(!/[\x00-\x1f\x7f]/.test(reading), 'a control character');
    }
  }
  const inside = pathMatches(belowUsers, path);
  if (inside) assert.match(decodeOnce(url.pathname), /^\/v1\/users(?:\/|$)/, 'the pattern holds for the reader too');
  if (pathMatches(oneUser, path)) assert.ok(inside, 'the narrower pattern lies in the wider one');
}

/**
 * The same for a target whose encoded slashes a capability names: nothing else may hide behind them, neither for an
 * upstream that keeps them nor for one that takes them for slashes.
 */
export function checkNamed(target: CanonicalTarget): void {
  assert.deepEqual(
    canonicalTarget(written(target), () => true),
    target,
    'canonicalising again changes nothing',
  );
  assert.equal(new URL(`https://up.test${target.path}`).pathname, target.path, 'a URL parser keeps it as it is');
  const bare = { path: target.path.replaceAll('%2F', '_'), query: target.query };
  const split = { path: target.path.replaceAll('%2F', '/'), query: target.query };
  for (const reading of [bare, split]) checkAccepted(reading);
  assert.equal(bare.path.split('/').length, target.path.split('/').length);
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A literal "%" after the first round: most readers stop here too.
    return text;
  }
}
