import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ShippedPackage } from './third-party.ts';

// What dist is made of, as CycloneDX 1.6 (ECMA-424): scanners read it and say which of these packages has a known hole.

const root = path.resolve(import.meta.dirname, '..');

interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  /** `sha512-<base64>`: what npm checked when it installed the package. */
  readonly integrity?: string;
}

/**
 * The bill of materials as JSON: the packages whose code is in dist, and those npm installs beside it (`required` for the
 * one we depend on, `optional` for the one a machine may lack). The same tree gives the same bytes. Throws where the lock
 * file does not know a package by its hash.
 */
export function billOfMaterials(packages: readonly ShippedPackage[]): string {
  const lock = readJson('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
  const own = readJson('package.json') as Manifest;
  const components = [
    ...packages.map(({ folder, name, version, licence }) =>
      component({ name, version, licence, scope: 'required', locked: lock.packages[folder] }),
    ),
    ...(['dependencies', 'optionalDependencies'] as const).flatMap((kind) =>
      Object.keys(own[kind]).map((alias) => {
        const locked = lock.packages[`node_modules/${alias}`];
        const { name = alias, version = '', license: licence } = locked ?? {};
        return component({ name, version, licence, scope: kind === 'dependencies' ? 'required' : 'optional', locked });
      }),
    ),
  ];
  const self = { type: 'application', name: own.name, version: own.version, purl: purl(own.name, own.version) };
  const bill = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component: self }, components };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Part {
  readonly name: string;
  readonly version: string;
  readonly licence: string | undefined;
  readonly scope: 'required' | 'optional';
  readonly locked: Locked | undefined;
}

function component({ name, version, licence, scope, locked }: Part): object {
  const hash = /^sha512-(.+)$/.exec(locked?.integrity ?? '')?.[1];
  if (hash === undefined || locked?.version !== version)
    throw new Error(`The lock file has no hash of ${name} ${version}.`);
  return {
    type: 'library',
    'bom-ref': purl(name, version),
    name,
    version,
    scope,
    purl: purl(name, version),
    hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
    ...(licence === undefined ? {} : { licenses: [{ expression: licence }] }),
  };
}

/** A package URL (purl-spec, type npm): the scope's @ is percent-encoded. */
const purl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
