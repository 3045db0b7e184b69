import assert from 'node:assert/strict';
import { decide } from '#core/policy/decide.ts';
import type { Random } from './tricky-target.ts';

// Threats C1, C2: whatever a credential's host looks like, a request goes to a host its capability names.

/** The patterns, each beside what it may stand for, written down a second time and without the code under test. */
const patterns: readonly (readonly [pattern: string, means: RegExp])[] = [
  ['api.example.com', /^api\.example\.com(?::[0-9]+)?$/],
  ['api.example.com:8443', /^api\.example\.com:8443$/],
  ['{shop}.myshopify.com', /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.myshopify\.com(?::[0-9]+)?$/],
  ['s3.{region}.amazonaws.com', /^s3\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.amazonaws\.com(?::[0-9]+)?$/],
  ['dc-{n}.up.test', /^dc-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.up\.test(?::[0-9]+)?$/],
  ['[::1]', /^\[::1\](?::[0-9]+)?$/],
  ['127.0.0.1', /^127\.0\.0\.1(?::[0-9]+)?$/],
];
const pieces = ['api', 'example', 'com', 'evil', 'test', 'mine', 'myshopify', 's3', 'eu-west-1', 'amazonaws', 'dc-7'];
const odd = [
  '.',
  '..',
  '-',
  '@',
  '#',
  '?',
  '/',
  '\\',
  '%2e',
  '%',
  ';',
  ':',
  ' ',
  '\t',
  '\0',
  '。',
  '．',
  'é',
  'xn--e',
  '',
];
const ends = ['', '', '', ':8443', ':443', ':', ':0', '.', '#', '/x', '@evil.test', '.evil.test', ':80@evil.test'];

function trickyHost(random: Random): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  if (random() < 0.1) return pick(['[::1]', '[::2]', '127.0.0.1', '127.1', '::1', '[::1]evil.test']) + pick(ends);
  if (random() < 0.5) {
    const [pattern] = patterns[Math.floor(random() * patterns.length)] as (typeof patterns)[number];
    const within = pattern.replace(
      /\{[a-z]+\}/,
      random() < 0.6 ? pick(pieces) : pick(pieces) + pick(odd) + pick(pieces),
    );
    return (random() < 0.2 ? pick(pieces) + pick(odd) : '') + within + pick(ends);
  }
  const labels = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random() < 0.8 ? pieces : odd));
  return labels.join('.') + pick(ends);
}

/** Decides one request between random hosts; true where it was allowed. Throws where it would go astray. */
export function checkHost(random: Random): boolean {
  const allowed = patterns.filter(() => random() < 0.3);
  const credential = Array.from({ length: 1 + Math.floor(random() * 3) }, () => trickyHost(random));
  const rule = { id: 'p/c', methods: ['GET'], paths: ['/**'], exclude: [], hosts: allowed.map(([pattern]) => pattern) };
  const verdict = decide(rule, { method: 'GET', path: '/a', bodyBytes: 0 }, credential, null);
  if (!verdict.allowed) {
    const missed = credential.find((host) => allowed.some(([, means]) => means.test(host)));
    assert.equal(missed, undefined, 'a host the capability names is reached');
    return false;
  }
  const { host } = verdict;
  assert.ok(credential.includes(host), host);
  assert.ok(
    allowed.some(([, means]) => means.test(host)),
    `${JSON.stringify(host)} is none of ${rule.hosts}`,
  );
  return true;
}
