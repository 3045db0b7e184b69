// Paths as a tree by segments. A path may be a secret and have others beneath it.

import type { PathSummary } from '#contract/schemas/paths.ts';

export interface TreeRow {
  /** All segments down to this one. */
  readonly path: string;
  readonly name: string;
  /** 1 at the top. */
  readonly level: number;
  readonly secret: PathSummary | null;
  /** Path secrets beneath this row, itself not counted; 0 for a leaf. */
  readonly below: number;
  /** The soonest end beneath this row, in ms; null where nothing ends. */
  readonly endsBelowMs: number | null;
  readonly open: boolean;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
}

interface Node {
  readonly path: string;
  readonly name: string;
  readonly children: Map<string, Node>;
  secret: PathSummary | null;
  below: number;
  endsBelowMs: number | null;
}

function node(path: string, name: string): Node {
  return { path, name, children: new Map(), secret: null, below: 0, endsBelowMs: null };
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** Grows the tree once; `visibleRows` then reads it as often as something opens or closes. */
export function growTree(secrets: readonly PathSummary[]): Node {
  const root = node('', '');
  for (const secret of secrets) {
    let at = root;
    for (const name of secret.path.split('/')) {
      at.below += 1;
      at.endsBelowMs = earlier(at.endsBelowMs, secret.expiresAtMs);
      let next = at.children.get(name);
      if (next === undefined) {
        next = node(at.path === '' ? name : `${at.path}/${name}`, name);
        at.children.set(name, next);
      }
      at = next;
    }
    at.secret = secret;
  }
  return root;
}

/** The rows in view: every child of what is open, depth first, in the order the secrets came. */
export function visibleRows(root: Node, isOpen: (path: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (parent: Node, level: number) => {
    let position = 0;
    for (const { path, name, children, secret, below, endsBelowMs } of parent.children.values()) {
      position += 1;
      const open = children.size > 0 && isOpen(path);
      rows.push({ path, name, level, secret, below, endsBelowMs, open, position, siblings: parent.children.size });
      const self = parent.children.get(name);
      if (open && self !== undefined) walk(self, level + 1);
    }
  };
  walk(root, 1);
  return rows;
}

/** `a`, `a/b` for `a/b/c`: what must be open for a path to be seen. */
export function ancestorsOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, cut) => segments.slice(0, cut + 1).join('/'));
}
