import { readRegistry } from './read-registry.ts';
import type { Provider } from './schema.ts';

// The build swaps this one file for the validated registry itself (tools/registry-plugin.ts); see load.ts.

/** Every provider, sorted by name, validated. */
export function registryData(): readonly Provider[] {
  return readRegistry(new URL('../../../registry/', import.meta.url)).map(({ provider }) => provider);
}
