import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Upload } from './upload-file.ts';

// multipart/form-data (RFC 7578), streamed: files are never held in memory.

export interface FormField {
  readonly name: string;
  readonly value: string;
}
export interface FormFile {
  readonly field: string;
  readonly upload: Upload;
}
export interface Form {
  readonly contentType: string;
  readonly length: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.flac': 'audio/flac',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.m4a': 'audio/mp4',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

/** Quotes and line breaks in names are percent-encoded, as browsers do (WHATWG HTML, multipart/form-data encoding). */
const quoted = (name: string) => `"${name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`;

function head(boundary: string, name: string, file?: string): Buffer {
  const disposition = `content-disposition: form-data; name=${quoted(name)}`;
  const lines =
    file === undefined ? [disposition] : [`${disposition}; filename=${quoted(file)}`, `content-type: ${typeOf(file)}`];
  return Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n\r\n`, 'utf8');
}

const typeOf = (file: string) => types[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
const lineEnd = Buffer.from('\r\n');

/** Builds a form; its length is known before the first byte is read. */
export function createForm(fields: readonly FormField[], files: readonly FormFile[]): Form {
  const boundary = `aivault-${randomBytes(18).toString('hex')}`;
  const end = Buffer.from(`--${boundary}--\r\n`);
  const texts = fields.map(({ name, value }) =>
    Buffer.concat([head(boundary, name), Buffer.from(value, 'utf8'), lineEnd]),
  );
  const heads = files.map(({ field, upload }) => head(boundary, field, upload.name));
  const length =
    texts.reduce((sum, part) => sum + part.length, 0) +
    files.reduce((sum, { upload }, index) => sum + heads[index]!.length + upload.size + lineEnd.length, 0) +
    end.length;
  async function* bytes() {
    yield* texts;
    for (const [index, { upload }] of files.entries()) {
      yield heads[index]!;
      if (upload.size > 0) yield* upload.bytes();
      yield lineEnd;
    }
    yield end;
  }
  return { contentType: `multipart/form-data; boundary=${boundary}`, length, bytes: bytes() };
}
