import { createAuthority } from '../authority.ts';
import { builtHost, startTestHost, type TestHost } from '../test-host.ts';
import { type Nginx, startNginxProxy, startNginxUpstream } from './nginx.ts';

// Everything a measurement stands on: one TLS upstream, the yardstick in front of it, and a real host in front of it.

export interface Rig {
  readonly upstream: Nginx;
  readonly nginx: Nginx;
  readonly host: TestHost;
  readonly token: string;
  /** Header lines for a request to the host. */
  readonly authorization: string;
  close(): Promise<void>;
}

const benchSecret = 'sk-bench-secret-00000000000000000000000000000000';

export async function startRig(options: { largeBytes?: number; upstreamPort?: number } = {}): Promise<Rig> {
  const authority = createAuthority('aivault bench authority');
  const upstream = await startNginxUpstream(authority, options.largeBytes ?? 0);
  const nginx = await startNginxProxy(authority, upstream.port);
  const host = await startTestHost({
    program: builtHost,
    environment: {
      AIVAULT_DEV_RESOLVE: `up.test=127.0.0.1:${options.upstreamPort ?? upstream.port}`,
      AIVAULT_DEV_CA_CERT_PATH: authority.certPath,
    },
  });
  const token = await addBench(host);
  return {
    upstream,
    nginx,
    host,
    token,
    authorization: `authorization: Bearer ${token}`,
    async close() {
      await host.close();
      await nginx.close();
      await upstream.close();
      authority.close();
    },
  };
}

/** Credential `bench` on up.test with one capability for everything below /v1, and a token for it. */
export async function addBench(host: TestHost): Promise<string> {
  const { secret } = await host.call('secrets.create', { name: 'BENCH_KEY', value: benchSecret, scope: 'global' });
  await host.call('credentials.create', {
    id: 'bench',
    provider: 'bench',
    secretRef: `vault:secret:${secret.secretId}`,
    auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
    hosts: ['up.test'],
  });
  await host.call('capabilities.create', {
    id: 'bench/all',
    provider: 'bench',
    methods: ['GET', 'POST'],
    paths: ['/v1/**'],
  });
  const { token } = await host.call('tokens.mint', { capabilities: ['bench/all'], ttlMs: 3_600_000 * 4 });
  return token;
}
