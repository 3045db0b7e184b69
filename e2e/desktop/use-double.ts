import { registerHooks } from 'node:module';

// From here on, `electron` means the recording double in this process. Import this before anything that imports it.

const double = new URL('./electron-double.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: double, shortCircuit: true } : next(specifier, context),
});
