import { parentPort, workerData } from 'node:worker_threads';
import { argon2id } from 'hash-wasm';
import type { KdfParameters } from './kdf.ts';

// One derivation, one thread. See kdf.ts.

const { passphrase, salt, memoryKiB, passes, lanes } = workerData as KdfParameters & { readonly passphrase: string };

const key = await argon2id({
  password: passphrase,
  salt: Buffer.from(salt, 'base64'),
  memorySize: memoryKiB,
  iterations: passes,
  parallelism: lanes,
  hashLength: 32,
  outputType: 'binary',
});
parentPort?.postMessage(key);
