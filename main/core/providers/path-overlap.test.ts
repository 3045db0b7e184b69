import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { covers, meet } from './path-overlap.ts';

describe('two path patterns', () => {
  it('cover one another segment by segment', () => {
    const yes = [
      ['/a/**', '/a'],
      ['/a/**', '/a/b/c'],
      ['/a/**', '/a/{x}/**'],
      ['/a/{id}', '/a/b'],
      ['/a/{id}', '/a/{x}.json'],
      ['/m/{model}:run', '/m/x:run'],
      ['/**', '/anything/at/all'],
    ];
    const no = [
      ['/a', '/a/**'],
      ['/a/{id}', '/a'],
      ['/a/{id}', '/a/b/c'],
      ['/a/b', '/a/{id}'],
      ['/m/{model}:run', '/m/:run'],
      ['/m/{model}:run', '/m/{model}'],
      ['/a/**', '/ab'],
    ];
    for (const [wide, narrow] of yes) assert.ok(covers(wide!, narrow!), `${wide} covers ${narrow}`);
    for (const [wide, narrow] of no) assert.ok(!covers(wide!, narrow!), `${wide} does not cover ${narrow}`);
  });

  it('an encoded slash is covered by what names it and by nothing else', () => {
    assert.ok(
      covers('/a/{p%2F}', '/a/{p}') && covers('/a/{p%2F}', '/a/b%2Fc') && covers('/a/{p%2F}/**', '/a/{q%2F}/b'),
    );
    for (const [wide, narrow] of [
      ['/a/{p}', '/a/{p%2F}'],
      ['/a/{p}', '/a/b%2Fc'],
      ['/a/{p}', '/a/b%2F{c}'],
      ['/a/**', '/a/{p%2F}'],
      ['/a/**', '/a/b%2Fc'],
    ]) {
      assert.ok(!covers(wide!, narrow!), `${wide} does not cover ${narrow}`);
    }
    assert.equal(meet('/a/{p%2F}', '/a/{q%2F}/**'), '/a/{x%2F}');
    assert.equal(meet('/a/{p%2F}', '/a/{q}'), '/a/{x}');
  });

  it('meet in a pattern that both cover, or not at all', () => {
    assert.equal(meet('/a/{id}', '/a/b'), '/a/b');
    assert.equal(meet('/a/{id}/**', '/a/b/{c}/d'), '/a/b/{x}/d');
    assert.equal(meet('/a/**', '/{x}/b/**'), '/a/b/**');
    assert.equal(meet('/m/{x}:run', '/m/gpt-{y}'), '/m/gpt-{x}:run');
    assert.equal(meet('/a/b', '/a/c'), null);
    assert.equal(meet('/a', '/a/b'), null);
    assert.equal(meet('/m/{x}:run', '/m/{x}:stop'), null);
  });
});
