import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { invalid } from './session.ts';

/** An opened file on its way up. The handle is what was checked, so nothing can be swapped in afterwards. */
export interface Upload {
  readonly name: string;
  readonly size: number;
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw invalid(
      code === 'ENOENT' ? `The file ${file} does not exist.` : `The file ${file} cannot be read (${code}).`,
    );
  }
}

const isInside = (file: string, root: string) => {
  const way = path.relative(root, file);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
};

/**
 * Opens a file the person named. Files of the vault itself are never sent anywhere (`policy_violation`), whatever link
 * or spelling leads to them; neither is anything but a regular file.
 */
export async function openUpload(file: string, forbidden: readonly string[]): Promise<Upload> {
  const handle = await openFile(file);
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw invalid(`${file} is not a regular file.`);
    const real = await realpath(file);
    const found = await stat(real);
    if (found.ino !== facts.ino || found.dev !== facts.dev)
      throw invalid(`The file ${file} changed while it was opened.`);
    for (const root of forbidden) {
      const actual = await realpath(root).catch(() => root);
      if (isInside(real, actual)) {
        throw new AivaultError('policy_violation', 'Files of the vault are not sent anywhere.');
      }
    }
    return {
      name: path.basename(file),
      size: facts.size,
      bytes: () => handle.createReadStream({ autoClose: false, start: 0, end: Math.max(0, facts.size - 1) }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
