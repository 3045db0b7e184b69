import { readFile } from 'node:fs/promises';
import path from 'node:path';

// The built pages of the window, with the headers they are served with: by the console over HTTP and by the desktop's
// own scheme alike, so that both browsers obey the same policy.

export interface Page {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ico': 'image/x-icon',
};

const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Serves files of one folder by plain names: no dot segments, no hidden files, no listing. `/` is index.html. */
export function rendererFiles(folder: string): (pathname: string) => Promise<Page> {
  return async (pathname) => {
    const name = pathname === '/' ? '/index.html' : pathname;
    const type = types[path.extname(name)];
    if (type === undefined || !/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(name)) return missing;
    try {
      return {
        status: 200,
        headers: { ...headers, 'content-type': type },
        body: await readFile(path.join(folder, name)),
      };
    } catch {
      return missing;
    }
  };
}

const missing: Page = {
  status: 404,
  headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from('There is no such page.\n'),
};
