import type { Writable } from 'node:stream';
import type { Answer, BodyBytes } from '#contract/proxied.ts';

// Moving bodies without holding them: a slow reader slows the writer down, and whoever stops early stops the other end.

/**
 * Writes a body and ends the stream. Whole bodies leave in one `end`; streamed ones wait for `drain`. If the target
 * closes first, the source is told to stop (its iterator returns). Rejects where the source fails: the target is then
 * not ended, so that the caller decides between an error and a cut connection.
 */
export async function sendBody(target: Writable, body: Answer['body']): Promise<void> {
  if (body === null) {
    target.end();
    return;
  }
  if (body instanceof Uint8Array) {
    target.end(body);
    return;
  }
  await writeBody(target, body);
  target.end();
}

/** The streaming half of `sendBody`, for whoever has something to add before the end. Returns early where the target closed. */
export async function writeBody(target: Writable, body: BodyBytes): Promise<void> {
  for await (const chunk of body) {
    if (target.destroyed) return;
    if (!target.write(chunk)) await drained(target);
  }
}

function drained(target: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
    if (target.destroyed) done();
  });
}

/** All bytes of a body. Returns null once more than `limit` arrived; the rest is not read. */
export async function collect(body: BodyBytes): Promise<Uint8Array>;
export async function collect(body: BodyBytes, limit: number): Promise<Uint8Array | null>;
export async function collect(body: BodyBytes, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}
