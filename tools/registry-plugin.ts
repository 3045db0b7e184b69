import type { Plugin } from 'vite';
import { readRegistry } from '../main/core/providers/read-registry.ts';

/**
 * Puts the validated registry into the bundle: whatever imports `registry-data.ts` gets a module that holds it as one
 * JSON text (parsing that is several times faster than evaluating the same as code, and needs no zod at start). The text
 * is ASCII: V8 keeps it in one byte per character and reads it faster.
 */
export function registryPlugin(): Plugin {
  return {
    name: 'aivault-registry',
    load(id) {
      if (!id.endsWith('/main/core/providers/registry-data.ts')) return null;
      const providers = readRegistry(new URL('../registry/', import.meta.url)).map(({ provider }) => provider);
      const json = JSON.stringify(providers).replaceAll(/[^\x20-\x7e]/g, escaped);
      const text = JSON.stringify(json);
      return {
        code: `const text = ${text};\nexport const registryData = () => JSON.parse(text);\n`,
        map: null,
        moduleType: 'js',
      };
    },
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
