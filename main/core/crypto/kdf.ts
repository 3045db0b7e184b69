import { Worker } from 'node:worker_threads';
import { AivaultError } from '#contract/errors.ts';
import { fromBase64 } from './bytes.ts';

// Argon2id (RFC 9106) turns a passphrase into a key. It runs in a thread of its own, made for one derivation and gone
// after it: the event loop keeps serving, and the 64 MiB that held traces of the passphrase are given back.

export interface KdfParameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  /** 16 to 64 bytes, base64. */
  readonly salt: string;
}

/** RFC 9106 section 4, second recommended option, with one lane because the thread has one core: 0.2 to 1 s. */
export const defaultCost = { memoryKiB: 64 * 1024, passes: 3, lanes: 1 } as const;

/** What is read back from a header must lie in here: weaker is an attack, costlier would hang the host. */
const bounds = {
  memoryKiB: [19 * 1024, 1024 * 1024],
  passes: [2, 16],
  lanes: [1, 8],
} as const;

/** Strict: exactly these four fields, within bounds. Throws `integrity_error`. */
export function parseKdfParameters(fields: Readonly<Record<string, string | number>>): KdfParameters {
  const { salt } = fields;
  const bytes = typeof salt === 'string' ? fromBase64(salt) : null;
  if (Object.keys(fields).length !== 4 || bytes === null || bytes.length < 16 || bytes.length > 64) throw unreadable();
  const within = (name: keyof typeof bounds): number => {
    const value = fields[name];
    const [least, most] = bounds[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw unreadable();
    return value;
  };
  return { memoryKiB: within('memoryKiB'), passes: within('passes'), lanes: within('lanes'), salt: salt as string };
}

/** The file a worker starts from: TypeScript from source, its own bundle beside ours when built. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './argon2-worker.ts' : './argon2-worker.mjs',
  import.meta.url,
);

/** 32 bytes. The passphrase is normalised (NFKC), so that two keyboards that type the same letter agree. */
export function deriveFromPassphrase(passphrase: string, parameters: KdfParameters): Promise<Uint8Array> {
  const checked = parseKdfParameters({ ...parameters });
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, {
      workerData: { ...checked, passphrase: passphrase.normalize('NFKC') },
      execArgv: [],
      env: {},
    });
    worker.once('message', (key: Uint8Array) => resolve(key));
    worker.once('error', (cause) =>
      reject(new AivaultError('internal', 'The passphrase could not be worked out.', { cause })),
    );
    worker.once('exit', () => reject(new AivaultError('internal', 'The passphrase could not be worked out.')));
  });
}

function unreadable(): AivaultError {
  return new AivaultError('integrity_error', 'The passphrase settings in the vault header are not acceptable.');
}
