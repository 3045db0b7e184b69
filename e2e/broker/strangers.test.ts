import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missing } from '../needs.ts';
import { type HostFixture, startHostFixture } from './host-fixture.ts';
import { exchangeRaw } from './raw-http.ts';

// What somebody without a valid token learns from a real host by comparing answers: nothing (threat B1).

describe('whoever has no valid token', { skip: missing('openssl') }, () => {
  let f: HostFixture;
  const guesses = new Map<string, string | null>();
  before(async () => {
    f = await startHostFixture();
    const revoked = await f.host.call('tokens.mint', { capabilities: ['p1/users'] });
    await f.host.call('tokens.revoke', { id: revoked.id });
    const expired = await f.host.call('tokens.mint', { capabilities: ['p1/users'], ttlMs: 1 });
    const personal = await f.host.call('tokens.createPersonal', { name: 'mine', scopes: ['secrets:read'] });
    const last = f.token.endsWith('A') ? 'Q' : 'A';
    for (const [what, token] of [
      ['nobody’s, of the right shape', `avp_${'x'.repeat(43)}`],
      ['a live one but for its last character', f.token.slice(0, -1) + last],
      ['revoked', revoked.token],
      ['expired', expired.token],
      ['of the other kind', personal.token],
      ['too short', 'avp_x'],
      ['too long', `${f.token}A`],
      ['no token at all', 'hunter2'],
    ] as const)
      guesses.set(what, token);
    guesses.set('none', null);
  });
  after(() => f.close());

  /** Every byte of the answer, but for the time it was given. */
  async function answer(line: string, token: string | null, body = ''): Promise<string> {
    const { host, port } = new URL(f.host.baseUrl);
    const head = [`${line} HTTP/1.1`, `host: ${host}`, 'connection: close', 'content-type: application/json'];
    if (token !== null) head.push(`authorization: Bearer ${token}`);
    head.push(`content-length: ${Buffer.byteLength(body)}`, '', body);
    const { status, text } = await exchangeRaw(Number(port), Buffer.from(head.join('\r\n')));
    assert.notEqual(status, 0);
    return text.replace(/^date: .*$/im, 'date').replace(/req_[0-9a-f]+/g, 'req');
  }
  const envelope = (capability: string, more = {}) =>
    JSON.stringify({ capability, request: { method: 'GET', path: '/v1/users' }, ...more });

  it('is told the same, byte for byte, whatever is wrong with it and whatever is asked for', async () => {
    const seen = new Map<string, string>();
    for (const [what, token] of guesses) {
      seen.set(`envelope, ${what}`, await answer('POST /aivault/proxy', token, envelope('p1/users')));
      seen.set(`no such capability, ${what}`, await answer('POST /aivault/proxy', token, envelope('p1/nothing')));
      const other = envelope('p1/users', { credential: 'nobody' });
      seen.set(`no such credential, ${what}`, await answer('POST /aivault/proxy', token, other));
      for (const segment of ['c1', 'p1', 'nobody', 'openai'])
        seen.set(`/v/${segment}, ${what}`, await answer(`GET /v/${segment}/v1/users`, token));
    }
    const different = new Set(seen.values());
    assert.equal(different.size, 1, JSON.stringify([...different], null, 1));
    const [said] = different;
    assert.match(said!, /^HTTP\/1\.1 401 /);
    assert.match(said!, /token_invalid/);
    assert.equal(f.upstream.requests.length, 0);
  });

  it('nor does /v1 tell which path is there', async () => {
    await f.host.call('paths.write', { path: 'environments/dev/db', data: { password: 'x' } });
    const seen = new Set<string>();
    for (const [what, token] of guesses) {
      // A personal token that lives is valid here.
      if (what === 'of the other kind') continue;
      const shaped = token?.replace(/^avp_/, 'skt_') ?? null;
      for (const path of ['environments/dev/db', 'environments/dev/none'])
        seen.add(await answer(`GET /v1/secrets/${path}`, shaped));
    }
    assert.equal(seen.size, 1, JSON.stringify([...seen], null, 1));
    assert.match([...seen][0]!, /^HTTP\/1\.1 401 /);
  });

  it('while the vault is locked no token can be looked up, so a live one is told what nobody’s is', async () => {
    await f.host.call('vault.lock', {});
    const seen = new Set<string>();
    for (const token of [
      f.token,
      ...['nobody’s, of the right shape', 'revoked', 'expired'].map((what) => guesses.get(what)!),
    ])
      for (const segment of ['c1', 'nobody']) seen.add(await answer(`GET /v/${segment}/v1/users`, token));
    assert.equal(seen.size, 1, JSON.stringify([...seen], null, 1));
    assert.match([...seen][0]!, /^HTTP\/1\.1 423 /);
  });
});
