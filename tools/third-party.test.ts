import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('..', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test('what ships names every package it took something from, at its version, with its licence', () => {
  const list = read('dist/THIRD-PARTY.txt');
  // Rolldown leaves a mark where a package's module begins: an independent look at what the host is made of.
  const marks = globSync('dist/{*.mjs,{host,cli,desktop}/*.{mjs,cjs}}', { cwd: root }).flatMap((file) => [
    ...read(file).matchAll(/^\s*\/\/#region (?:\.\.\/)*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm),
    ...read(file).matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm),
  ]);
  const names = new Set(marks.map(([, name]) => name!));
  assert.ok(names.has('undici') && names.has('@noble/ciphers') && names.has('zod'), [...names].join());
  for (const name of [...names, 'react', 'react-dom', 'zustand', '@fontsource-variable/inter']) {
    const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`)) as Record<string, string>;
    assert.ok(list.includes(`\n${name} ${version} (${license})\n`), `${name} ${version} is not listed`);
  }
  assert.match(list, /SIL OPEN FONT LICENSE/i);
  assert.match(list, /Apache License/);
});
