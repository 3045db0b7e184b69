import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority } from '../authority.ts';

// Debian's nginx, twice: as the TLS upstream everybody is measured against, and as the reverse proxy that injects a
// header, which is the yardstick.

export interface Nginx {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** A small JSON answer and a large file, over TLS. */
export async function startNginxUpstream(authority: Authority, largeBytes: number): Promise<Nginx> {
  const { cert, key } = authority.issue(['up.test']);
  return start((folder, port) => {
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    writeFileSync(join(folder, 'block'), '');
    // A hole of that size: read as zeros, and no disk is filled for it.
    truncateSync(join(folder, 'block'), largeBytes);
    const answer = JSON.stringify({ id: 'obj_1', object: 'thing', data: 'x'.repeat(180) });
    return `server {
      listen 127.0.0.1:${port} ssl;
      ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ssl_session_cache shared:s:1m;
      location /v1/small { default_type application/json; return 200 '${answer}'; }
      location /v1/block { default_type application/octet-stream; alias ${folder}/block; }
    }`;
  });
}

/** `authorization` injected, the upstream's certificate checked, connections kept alive: what a broker does and no more. */
export async function startNginxProxy(authority: Authority, upstreamPort: number): Promise<Nginx> {
  return start((folder, port) => {
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    return `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass https://up; proxy_http_version 1.1; proxy_set_header connection "";
        proxy_set_header host up.test; proxy_set_header authorization "Bearer sk-bench-0000000000000000";
        proxy_ssl_name up.test; proxy_ssl_server_name on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ${folder}/ca.pem;
        proxy_buffering off;
      }
    }`;
  });
}

/** A static file of `bytes` bytes at /file, without TLS: the yardstick for answers the host makes itself. */
export async function startNginxFile(bytes: number): Promise<Nginx> {
  return start((folder, port) => {
    writeFileSync(join(folder, 'file'), Buffer.alloc(bytes, 'x'));
    return `server { listen 127.0.0.1:${port}; location /file { alias ${folder}/file; default_type application/json; } }`;
  });
}

async function start(configure: (folder: string, port: number) => string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-nginx-'));
  const port = await freePort();
  const servers = configure(folder, port);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log warn;
    events { worker_connections 4096; }
    http {
      access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; client_max_body_size 0;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      ${servers}
    }`,
  );
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  await untilListening(port, child, () => said);
  return {
    port,
    pid: child.pid!,
    async close() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export async function untilListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (child.exitCode !== null) throw new Error(`ended at once: ${said()}`);
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not listen on ${port}: ${said()}`);
}
