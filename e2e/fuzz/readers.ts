import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, untilListening } from '../bench/nginx.ts';

// Real servers, and what each of them makes of a request target.

export interface Reading {
  /** The target as the server's parser hands it out. */
  readonly raw: string;
  /** The path decoded and normalised the server's own way. */
  readonly path: string;
}

export interface Reader {
  readonly name: string;
  read(target: string): Promise<Reading>;
  close(): Promise<void>;
}

function client(port: number): { get(target: string): Promise<Buffer>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    get: (target) =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: target, agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            if (response.statusCode === 200) resolve(Buffer.concat(chunks));
            else reject(new Error(`answered ${response.statusCode} to ${JSON.stringify(target)}`));
          });
        })
          .on('error', reject)
          .end();
      }),
    close: () => agent.destroy(),
  };
}

export async function nodeReader(): Promise<Reader> {
  const server = createServer((message, response) => {
    const raw = message.url ?? '';
    response.end(JSON.stringify({ raw, path: decodeURIComponent(new URL(raw, 'http://up.test').pathname) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = client((server.address() as { port: number }).port);
  return {
    name: 'node',
    read: async (target) => JSON.parse((await http.get(target)).toString('utf8')) as Reading,
    async close() {
      http.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function nginxReader(): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-fuzz-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 64; }
    http { access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server { listen 127.0.0.1:${port}; location / { return 200 "$request_uri\\n$uri"; } } }`,
  );
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  await untilListening(port, child, () => '');
  const http = client(port);
  return {
    name: 'nginx',
    async read(target) {
      const text = (await http.get(target)).toString('utf8');
      const line = text.indexOf('\n');
      return { raw: text.slice(0, line), path: text.slice(line + 1) };
    },
    async close() {
      http.close();
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const python = `
import json, posixpath, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit
class Echo(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1
    def do_GET(self):
        path = unquote(urlsplit(self.path).path, errors='strict')
        clean = posixpath.normpath(path)
        if path.endswith('/') and clean != '/': clean += '/'
        body = json.dumps({'raw': self.path, 'path': clean}).encode()
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a): pass
server = ThreadingHTTPServer(('127.0.0.1', 0), Echo)
print(server.server_address[1], flush=True)
server.serve_forever()
`;

export async function pythonReader(): Promise<Reader> {
  const child = spawn('python3', ['-c', python], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const http = client(Number(line));
  return {
    name: 'python',
    read: async (target) => JSON.parse((await http.get(target)).toString('utf8')) as Reading,
    async close() {
      http.close();
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
