// What can go wrong below the store, in words that cross the thread border as plain data.

export type StoreFault = 'conflict' | 'full' | 'unwritable' | 'busy' | 'corrupt' | 'closed' | 'broken';

/** `message` says what happened, in a sentence without a path or a value. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html) and errno names that have a cause worth telling apart. */
const sqliteFaults: Readonly<Record<number, [StoreFault, string]>> = {
  5: ['busy', 'Another program holds the database.'],
  6: ['busy', 'Another program holds the database.'],
  8: ['unwritable', 'The database cannot be written: its folder or file is read-only.'],
  10: ['unwritable', 'The disk refused to read or write the database.'],
  11: ['corrupt', 'The database is damaged.'],
  13: ['full', 'The disk is full.'],
  14: ['unwritable', 'The database cannot be opened: check the permissions of its folder.'],
  26: ['corrupt', 'The file is not a database.'],
};
const errnoFaults: Readonly<Record<string, [StoreFault, string]>> = {
  EACCES: ['unwritable', 'The database cannot be opened: check the permissions of its folder.'],
  EPERM: ['unwritable', 'The database cannot be opened: check the permissions of its folder.'],
  EROFS: ['unwritable', 'The database cannot be written: its disk is read-only.'],
  ENOSPC: ['full', 'The disk is full.'],
  EDQUOT: ['full', 'The disk quota is used up.'],
  ENOTDIR: ['unwritable', 'The path of the database leads through something that is not a folder.'],
};

/**
 * Anything that was thrown below the store, told by its SQLite result code or errno; `broken` where neither is known.
 */
export function storeErrorFrom(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  const known =
    (typeof errcode === 'number' ? sqliteFaults[errcode & 0xff] : undefined) ??
    (typeof code === 'string' ? errnoFaults[code] : undefined);
  if (known !== undefined) return new StoreError(known[0], known[1], error);
  return new StoreError('broken', 'The database gave an error.', error);
}
