import { AivaultError } from '#contract/errors.ts';
import type { BodyBytes } from '#contract/proxied.ts';

/** Told of bytes before they are kept in memory; throws where there is no room for them. */
export type Keep = (bytes: number) => void;

/** Reads a stream to its end. Throws `too_large`, or what `tooLarge` makes, as soon as it passes `limit` bytes. */
export async function gather(
  stream: BodyBytes,
  limit: number,
  keep: Keep,
  tooLarge = largerThanAllowed,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(stream, limit, keep, tooLarge)) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** Passes a stream on, chunk by chunk, until it passes `limit` bytes: then `too_large`, and the upload breaks off. */
export async function* limited(
  stream: BodyBytes,
  limit: number,
  count?: (bytes: number) => void,
  tooLarge = largerThanAllowed,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge();
    count?.(chunk.length);
    yield chunk;
  }
}

function largerThanAllowed(): AivaultError {
  return new AivaultError('too_large', 'The request is larger than its capability allows.');
}
