// Request targets made of what path tricks are made of, reproducible from a seed.

export type Random = () => number;

/** mulberry32: small, fast, the same everywhere. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const plain = [
  'v1',
  'users',
  'admin',
  'a',
  'b-c',
  '42',
  'x.json',
  'me',
  '~u',
  'a@b',
  'a:b',
  'k=v',
  "it's",
  '(x)',
  '*',
  '!',
  '$',
  '+',
];
const nasty = [
  '.',
  '..',
  '...',
  '.%2e',
  '%2e',
  '%2E%2e',
  '%252e',
  '%25252e%25252e',
  '%25%32%65',
  '%25%32%66',
  '%252%66',
  '%25%35%63',
  '%32',
  '%66',
  '%2f',
  '%2F',
  '%252f',
  '%5c',
  '%255c',
  '\\',
  '..\\',
  ';',
  ';x=1',
  '..;',
  '.;a',
  '%3b',
  '..%3b',
  '%00',
  '%2500',
  '\0',
  '\t',
  '\r',
  '\n',
  '%0a',
  '%0d%0a',
  '%7f',
  '#',
  '%23',
  '%',
  '%2',
  '%zz',
  '%u002e',
  '%c0%ae',
  '%c0%af',
  '%e0%80%ae',
  '%f0%80%80%ae',
  '%ed%a0%80',
  '%ff',
  '%fe',
  '%e2%80%a8',
  '%e2%80%ae',
  '\u2028',
  'é',
  '%c3%a9',
  '．．',
  '%ef%bc%8e%ef%bc%8e',
  '／',
  '%ef%bc%8f',
  '%ef%bc%bc',
  '∕',
  '%e2%88%95',
  '․',
  '%e2%80%a4',
  ' ',
  '%20',
  '+',
  '"',
  '<',
  '>',
  '|',
  '^',
  '`',
  '{',
  '}',
  '[',
  ']',
  '%41',
  '%7e',
  '%7E',
  '%2d',
  '//',
  '',
  '?',
  '&',
  '%26',
  '%3f',
  '%3F',
  '%3d',
  '@',
  'http:',
  'https://evil.test',
];

/** One target: mostly a path below /v1, sometimes a query, tricks in between. */
export function trickyTarget(random: Random): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  let target = random() < 0.95 ? '' : pick(nasty);
  const segments = 1 + Math.floor(random() * 6);
  for (let i = 0; i < segments; i++) {
    target += random() < 0.95 ? '/' : pick(nasty);
    const pieces = 1 + Math.floor(random() * 2);
    for (let j = 0; j < pieces; j++) target += random() < 0.7 ? pick(plain) : pick(nasty);
  }
  if (random() < 0.3) target += `?${pick(plain)}=${random() < 0.7 ? pick(plain) : pick(nasty)}&${pick(plain)}`;
  return target;
}

/** Some of the slashes of a path encoded. */
export function withEncodedSlashes(target: string, random: Random): string {
  const [path = '', ...query] = target.split('?');
  const encoded = path.replaceAll(/(?<=.)\//g, () => (random() < 0.4 ? '%2F' : '/'));
  return [encoded, ...query].join('?');
}
