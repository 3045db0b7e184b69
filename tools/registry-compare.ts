import { fileURLToPath } from 'node:url';
import { readRegistry } from '../main/core/providers/read-registry.ts';
import { compareWithPackage, packagesOf } from './sdk-paths.ts';

// `node tools/registry-compare.ts [node_modules]`: which of our patterns the providers' own packages do not know. Install
// the packages somewhere else for it; only those this repository needs anyway are in its own node_modules.

const modules = process.argv[2] ?? fileURLToPath(new URL('../node_modules/', import.meta.url));
const absent: string[] = [];
for (const { provider } of readRegistry(new URL('../registry/', import.meta.url))) {
  const comparison = compareWithPackage(provider, modules);
  if (comparison === null) {
    if (provider.provider in packagesOf) absent.push(provider.provider);
    continue;
  }
  console.log(`${provider.provider}: ${comparison.patterns} patterns, ${comparison.unknown.length} not in its package`);
  for (const line of comparison.unknown) console.log(`  ${line}`);
}
if (absent.length > 0) console.log(`not installed: ${absent.join(', ')}`);
