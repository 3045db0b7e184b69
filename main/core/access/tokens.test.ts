import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, describe, mock, test } from 'node:test';
import { TempVault } from '../vault/vault.fixture.ts';
import { tokenTable } from './token-rows.ts';
import { createTokens, type TokenFacts, type Tokens } from './tokens.ts';

const facts: TokenFacts = {
  kind: 'proxy',
  name: null,
  capabilities: ['p1/users'],
  credential: null,
  workspaceId: null,
  groupId: null,
  scopes: [],
  paths: [],
  maxCalls: null,
  expiresAtMs: 4e12,
};

describe('what a token is compared with (B1)', () => {
  const temporary = new TempVault();
  let tokens: Tokens;
  let token = '';
  const compared: [number, number][] = [];
  const hashed: string[] = [];
  const real = { timingSafeEqual: crypto.timingSafeEqual, hash: crypto.hash };
  before(async () => {
    // The functions of Node itself, watched from inside: which bytes reach them, and how many.
    mock.method(crypto, 'timingSafeEqual', (a: NodeJS.ArrayBufferView, b: NodeJS.ArrayBufferView) => {
      compared.push([a.byteLength, b.byteLength]);
      return real.timingSafeEqual(a, b);
    });
    mock.method(crypto, 'hash', (algorithm: string, data: string, encoding: 'hex') => {
      hashed.push(data);
      return real.hash(algorithm, data, encoding);
    });
    syncBuiltinESMExports();
    const { vault } = await temporary.create();
    tokens = createTokens({
      vault,
      now: () => temporary.clock.ms,
      randomBytes: (length) => crypto.randomBytes(length),
    });
    token = (await vault.change((tx) => tokens.mint(tx, facts))).token;
    tokens.changed();
    assert.equal([...vault.table(tokenTable).entries()].length, 1);
  });
  after(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await temporary.remove();
  });
  const verify = (text: string) => {
    hashed.length = 0;
    compared.length = 0;
    return tokens.verify(text, 'proxy');
  };

  test('is a digest: of one length, compared in constant time, over the whole of what was sent', () => {
    verify(token);
    assert.deepEqual(hashed, [token]);
    assert.deepEqual(compared, [[64, 64]]);
  });

  test('a guess is hashed as a whole before anything is looked up, however much of it is right', () => {
    const flipped = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    for (const guess of [flipped(4), flipped(20), flipped(token.length - 1), `avp_${'A'.repeat(43)}`]) {
      assert.throws(() => verify(guess), { code: 'token_invalid' });
      assert.deepEqual(hashed, [guess]);
      for (const lengths of compared) assert.deepEqual(lengths, [64, 64]);
    }
  });

  test('what has not the shape of a token is told so without being looked at further', () => {
    for (const guess of ['', 'avp_', token.slice(0, -1), `${token}A`, token.replace('avp_', 'skt_'), ` ${token}`]) {
      assert.throws(() => verify(guess), { code: 'token_invalid' });
      assert.deepEqual([hashed, compared], [[], []]);
    }
  });
});
