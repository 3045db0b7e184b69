import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { startTestHost, type TestHost, type TestHostOptions } from '../test-host.ts';

// Fixture F1 behind a real host: aivaultd as its own process, its endpoint on 127.0.0.1, a real TLS upstream.

export const hostSecret = 'S3CRET-value-01';

export interface HostFixture {
  readonly upstream: FakeUpstream;
  readonly host: TestHost;
  readonly token: string;
  /** `fetch` against the endpoint with the token. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** `POST /aivault/proxy` with the request half of an envelope. */
  send(request: unknown, capability?: string): Promise<Response>;
  close(): Promise<void>;
}

export async function startHostFixture(options: Pick<TestHostOptions, 'program'> = {}): Promise<HostFixture> {
  const upstream = await startFakeUpstream();
  const host = await startTestHost({
    ...options,
    environment: {
      AIVAULT_DEV_RESOLVE: upstream.resolve('up.test'),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    },
  });
  const { secret } = await host.call('secrets.create', { name: 'K', value: hostSecret, scope: 'global' });
  await host.call('credentials.create', {
    id: 'c1',
    provider: 'p1',
    secretRef: `vault:secret:${secret.secretId}`,
    auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
    hosts: ['up.test'],
  });
  await host.call('capabilities.create', {
    id: 'p1/users',
    provider: 'p1',
    methods: ['GET', 'POST'],
    paths: ['/v1/users'],
  });
  const { token } = await host.call('tokens.mint', { capabilities: ['p1/users'] });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${host.baseUrl}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    upstream,
    host,
    token,
    ask,
    send: (request, capability = 'p1/users') =>
      ask('/aivault/proxy', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ capability, request }),
      }),
    async close() {
      await host.close();
      await upstream.close();
    },
  };
}
