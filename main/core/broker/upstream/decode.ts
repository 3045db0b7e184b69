import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { AivaultError } from '#contract/errors.ts';

// Answers are unpacked before they are searched for secrets, and passed on unpacked.

/** An answer may grow this much without anybody asking how small it was … */
const freeBytes = 64 * 1024 * 1024;
/** … and beyond that no more than this many bytes out of one byte in. Text rarely passes 20. */
const largestRatio = 100;

/** The codings of a content-encoding header, in the order they were applied. Null where one is unknown to us. */
export function codings(header: string | undefined): string[] | null {
  if (header === undefined) return [];
  const names = header
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  return names.length <= 2 && names.every((name) => /^(?:x-gzip|gzip|deflate|br|zstd)$/.test(name)) ? names : null;
}

/**
 * Unpacks a body. Memory stays flat: output is taken as it is asked for, and a decompression bomb ends in
 * `response_refused`. Broken input is `response_refused` too: what cannot be read cannot be searched.
 */
export async function* decoded(body: AsyncIterable<Uint8Array>, names: readonly string[]): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let firstByte: number | undefined;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      packed += chunk.length;
      yield chunk;
    }
  }
  const source = counted();
  // The first chunk tells zlib-wrapped from raw deflate, which servers confuse (RFC 9110 §8.4.1.2).
  const first = await source.next();
  if (first.done === true) return;
  firstByte = first.value[0];
  async function* rejoined(): AsyncGenerator<Uint8Array> {
    yield first.value as Uint8Array;
    yield* source;
  }
  const stages = names.toReversed().map((name) => decoder(name, firstByte));
  const end = stages.at(-1) as Transform;
  pipeline([Readable.from(rejoined()), ...stages], () => {
    // A failure reaches the reader through `end`, which pipeline destroys with it.
  });
  let unpacked = 0;
  try {
    for await (const chunk of end as AsyncIterable<Uint8Array>) {
      unpacked += chunk.length;
      if (unpacked > freeBytes && unpacked > packed * largestRatio) {
        throw new AivaultError('response_refused', 'The answer unpacks to far more than was sent.');
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AivaultError) throw error;
    throw new AivaultError('response_refused', 'The answer cannot be unpacked.', { cause: error });
  }
}

function decoder(name: string, firstByte: number | undefined): Transform {
  switch (name) {
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    case 'deflate':
      return firstByte !== undefined && (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
    default:
      return createGunzip();
  }
}
