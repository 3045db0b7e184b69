import { fileURLToPath } from 'node:url';
import { rendererFiles } from '#transports/renderer-files.ts';

/** The built pages of the window, for the browser console: in `dist/renderer`, wherever this runs from. */
export function windowPages(): ReturnType<typeof rendererFiles> {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/renderer/' : '../renderer/';
  return rendererFiles(fileURLToPath(new URL(folder, import.meta.url)));
}
