import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

// What ships holds other people's work: every package of which a byte reaches dist is noted here. Their licences ask that
// it is said (THIRD-PARTY.txt), and whoever hears of a hole in one wants to know whether it is in here (sbom.cdx.json).

export interface ShippedPackage {
  /** Path from the root, `node_modules/…`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly licenceText: string;
}

const root = path.resolve(import.meta.dirname, '..');
const inPackage = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Notes which packages the builds it is given to take something from. */
export class ThirdParty {
  readonly #folders = new Set<string>();

  plugin(): Plugin {
    return {
      name: 'aivault-third-party',
      generateBundle: (_options, bundle) => {
        for (const output of Object.values(bundle)) {
          const files = output.type === 'chunk' ? Object.keys(output.modules) : output.originalFileNames;
          for (const file of files) this.#note(file);
        }
      },
    };
  }

  /** By name. Throws where a package has no licence to show: then it must not ship. */
  packages(): ShippedPackage[] {
    return [...this.#folders].toSorted().map(shipped);
  }

  /** Ids are absolute for modules and relative to the build's root for assets; both name the package the same way. */
  #note(file: string): void {
    const found = inPackage.exec(file.replace(/^\0/, '').replaceAll('\\', '/'));
    if (found !== null) this.#folders.add(found[1]!.slice(found[1]!.indexOf('node_modules/')));
  }
}

/** The licences as one text. */
export function licenceText(packages: readonly ShippedPackage[]): string {
  const parts = packages.map(
    ({ name, version, licence, licenceText }) => `${name} ${version} (${licence})\n\n${licenceText.trim()}\n`,
  );
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `aivault contains parts of these packages, under these licences.\n${rule}${parts.join(rule)}`;
}

function shipped(folder: string): ShippedPackage {
  const whole = path.join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(path.join(whole, 'package.json'), 'utf8')) as Manifest;
  const [file] = globSync('{LICENSE,LICENCE,license,licence,COPYING}*', { cwd: whole }).toSorted();
  if (license === undefined || file === undefined) throw new Error(`${name} has no licence to ship with it.`);
  return { folder, name, version, licence: license, licenceText: readFileSync(path.join(whole, file), 'utf8') };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}
