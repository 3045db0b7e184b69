import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFields, equalBytes, fromBase64, fromHex, toBase64, toHex, wipe } from './bytes.ts';
import { systemRandom, uuidFrom } from './random.ts';

const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null));

test('different lists of fields never give the same bytes', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 5 }), fc.array(field, { maxLength: 5 }), (a, b) => {
      const normal = (list: typeof a) => JSON.stringify(list.map((value) => (value === null ? null : String(value))));
      assert.equal(toHex(encodeFields(...a)) === toHex(encodeFields(...b)), normal(a) === normal(b));
    }),
  );
  assert.notDeepEqual(encodeFields('ab', 'c'), encodeFields('a', 'bc'));
  assert.notDeepEqual(encodeFields(''), encodeFields(null));
});

test('base64 and hex are read in their one canonical spelling only', () => {
  const bytes = systemRandom(33);
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  assert.deepEqual(fromHex(toHex(bytes)), bytes);
  for (const text of ['AAA', 'AA==\n', 'A A=', 'AB==', '_-8=', 'é']) assert.equal(fromBase64(text), null, text);
  for (const text of ['0', 'zz', ' 00']) assert.equal(fromHex(text), null, text);
});

test('comparing needs equal lengths, wiping leaves zeros, and a UUID is a version 4', () => {
  assert.equal(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2)), false);
  assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  const bytes = Uint8Array.of(1, 2, 3);
  wipe(bytes);
  assert.deepEqual(bytes, new Uint8Array(3));
  assert.match(uuidFrom(systemRandom), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
