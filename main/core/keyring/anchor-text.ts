import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, removePrivateFile, replacePrivateFile } from './private-file.ts';
import type { Anchor, WrappedKey } from './protector.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const anchor = z.strictObject({
  format: z.literal(1),
  vaultId: z.uuid(),
  generation: z.int().nonnegative(),
  root: hash,
  auditSeq: z.int().nonnegative(),
  auditHash: hash,
});

/** An anchor as it is kept outside the database. */
export function anchorText(value: Anchor): string {
  return JSON.stringify({ format: 1, ...value });
}

/** Null for text that is no anchor: the vault then says that it has none, as after moving to another machine. */
export function parseAnchor(text: string): Anchor | null {
  try {
    const { format: _, ...value } = anchor.parse(JSON.parse(text));
    return value;
  } catch {
    return null;
  }
}

export function readAnchorFile(path: string): Anchor | null {
  const text = readPrivateFile(path);
  return text === null ? null : parseAnchor(text);
}

export function writeAnchorFile(path: string, value: Anchor): Promise<void> {
  return replacePrivateFile(path, anchorText(value));
}

export function removeAnchorFile(path: string): void {
  removePrivateFile(path);
}

/** Where providers without a place of their own keep it: outside the vault folder, one file per wrapped key. */
export function anchorFile(stateFolder: string, wrapped: WrappedKey): string {
  const name = createHash('sha256').update(wrapped.wrapped).digest('hex').slice(0, 32);
  return join(stateFolder, 'anchors', `${name}.json`);
}
