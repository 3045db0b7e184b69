import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

// What ships holds other people's work, and their licences ask that it says so: every package of which a byte reaches
// dist is listed in dist/THIRD-PARTY.txt with its licence.

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

  /** Writes the list. Throws where a package has no licence to show: then it must not ship. */
  write(file: string): void {
    const parts = this.#read().map(({ title, licence, text }) => `${title} (${licence})\n\n${text.trim()}\n`);
    const rule = `\n${'-'.repeat(80)}\n\n`;
    writeFileSync(file, `aivault contains parts of these packages, under these licences.\n${rule}${parts.join(rule)}`);
  }

  /** Ids are absolute for modules and relative to the build's root for assets; both name the package the same way. */
  #note(file: string): void {
    const found = inPackage.exec(file.replace(/^\0/, '').replaceAll('\\', '/'));
    if (found !== null) this.#folders.add(found[1]!.slice(found[1]!.indexOf('node_modules/')));
  }

  #read(): { title: string; licence: string; text: string }[] {
    const root = path.resolve(import.meta.dirname, '..');
    return [...this.#folders].toSorted().map((folder) => {
      const whole = path.join(root, folder);
      const { name, version, license } = JSON.parse(readFileSync(path.join(whole, 'package.json'), 'utf8')) as Manifest;
      const [file] = globSync('{LICENSE,LICENCE,license,licence,COPYING}*', { cwd: whole }).toSorted();
      if (license === undefined || file === undefined || !existsSync(path.join(whole, file))) {
        throw new Error(`${name} has no licence to ship with it.`);
      }
      return { title: `${name} ${version}`, licence: license, text: readFileSync(path.join(whole, file), 'utf8') };
    });
  }
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}
