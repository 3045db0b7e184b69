// Globs over paths: `*` is exactly one segment, `**` any number of them, zero included; anything else is literal.

/** Why a text is not a glob, or null where it is one. */
export function globFault(glob: string): string | null {
  if (glob.length === 0 || glob.length > 512) return 'A path glob has 1 to 512 characters.';
  const fine = glob.split('/').every((segment) => segment === '*' || segment === '**' || /^[a-z0-9_-]+$/.test(segment));
  return fine ? null : 'A path glob is made of path segments, * and **.';
}

/** Whether `path` lies under `glob`. Linear in both: a row of `**` costs nothing extra. */
export function globMatches(glob: string, path: string): boolean {
  const pattern = glob.split('/');
  const segments = path.split('/');
  // reachable[j]: the pattern so far can have eaten the first j segments.
  let reachable = new Array<boolean>(segments.length + 1).fill(false);
  reachable[0] = true;
  for (const part of pattern) {
    const next = new Array<boolean>(segments.length + 1).fill(false);
    let open = false;
    for (let j = 0; j <= segments.length; j++) {
      if (part === '**') {
        open ||= reachable[j]!;
        next[j] = open;
      } else if (j > 0 && reachable[j - 1]) {
        next[j] = part === '*' || part === segments[j - 1];
      }
    }
    reachable = next;
  }
  return reachable[segments.length]!;
}
