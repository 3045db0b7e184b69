import { createRegistry, type Registry } from './catalog.ts';
import { registryData } from './registry-data.ts';

let loaded: Registry | undefined;

/**
 * The registry of this build. `registry-data.ts` reads and validates registry/*.json when run from source; the build
 * replaces it by a module that holds the validated result, so nothing on disk can change it at run time.
 */
export function registry(): Registry {
  loaded ??= createRegistry(registryData());
  return loaded;
}
