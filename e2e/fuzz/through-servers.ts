import assert from 'node:assert/strict';
import { accepted, written } from './check-target.ts';
import { nginxReader, nodeReader, pythonReader, type Reader } from './readers.ts';
import { randomFrom, trickyTarget, withEncodedSlashes } from './tricky-target.ts';

const atOnce = 16;

/**
 * Sends so many targets that policy accepts through Node's, Python's and nginx's real servers, half of them with encoded
 * slashes that a capability names, and throws where one of them reads another path. Returns the servers' names.
 */
export async function throughServers(count: number, seed: number): Promise<readonly string[]> {
  const readers: Reader[] = [];
  const random = randomFrom(seed);
  try {
    for (const start of [nodeReader, pythonReader, nginxReader]) readers.push(await start());
    for (let sent = 0; sent < count; ) {
      const batch: Promise<void>[] = [];
      while (batch.length < atOnce * readers.length && sent < count) {
        const raw = trickyTarget(random);
        const target = sent % 2 === 0 ? accepted(raw) : accepted(withEncodedSlashes(raw, random), () => true);
        if (target === null) continue;
        sent += 1;
        for (const reader of readers) batch.push(compare(reader, written(target), decodeURIComponent(target.path)));
      }
      await Promise.all(batch);
    }
    return readers.map(({ name }) => name);
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function compare(reader: Reader, target: string, decoded: string): Promise<void> {
  const { raw, path } = await reader.read(target);
  assert.equal(raw, target, `${reader.name} got another target`);
  assert.equal(path, decoded, `${reader.name} reads ${JSON.stringify(target)} as another path`);
}
