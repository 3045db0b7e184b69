/** What a line of `exclude` takes out: `DELETE /x` for one method, `/x` for every method. */
export function readExclusion(text: string): { readonly method: string | null; readonly path: string } {
  const space = text.indexOf(' ');
  return space === -1 ? { method: null, path: text } : { method: text.slice(0, space), path: text.slice(space + 1) };
}
