import type { Answer, Incoming } from '#contract/proxied.ts';
import { openTestCore, type TestCore } from '#core/core.fixture.ts';
import type { CoreDeps } from '#core/core-deps.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';

// A whole core (vault, catalog, tokens, audit, broker) in front of a real TLS upstream: what a caller of the endpoint
// gets, without the endpoint.

export const secretValue = 'S3CRET-value-01';

export interface CoreFixture {
  readonly test: TestCore;
  readonly upstream: FakeUpstream;
  /** Sends an envelope with a token. */
  withToken(token: string, envelope: unknown): Promise<Answer>;
  /** Sends an envelope as the operator's CLI, in a context. */
  asOperator(
    envelope: unknown,
    context?: { workspaceId?: string; groupId?: string; consumer?: string },
  ): Promise<Answer>;
  /** Which key the upstream saw last in `authorization`, without its scheme. */
  lastKey(): string | undefined;
  /** Stores a secret and gives its id. */
  store(name: string, value: string, scope?: 'global' | object): Promise<string>;
  close(): Promise<void>;
}

export async function startCoreFixture(options: { names?: string[] } & Partial<CoreDeps> = {}): Promise<CoreFixture> {
  const { names = ['up.test', 'api.openai.com', 'api.trello.com', 'api.twilio.com', 'chatgpt.com'], ...deps } = options;
  const upstream = await startFakeUpstream({ names });
  const test = await openTestCore({
    egress: {
      devResolve: new Map(names.map((name) => [name, { address: '127.0.0.1', port: upstream.port }])),
      devCa: upstream.authority.cert,
    },
    developmentHooksSet: true,
    ...deps,
  });
  const send = (caller: Incoming['caller'], headers: Incoming['headers'], envelope: unknown) =>
    test.core.invoke(
      {
        door: 'envelope',
        caller,
        method: 'POST',
        target: '/aivault/proxy',
        headers: [['content-type', 'application/json'], ...headers],
        body: new TextEncoder().encode(JSON.stringify(envelope)),
      },
      new AbortController().signal,
    );
  return {
    test,
    upstream,
    withToken: (token, envelope) => send({ kind: 'bearer' }, [['authorization', `Bearer ${token}`]], envelope),
    asOperator: (envelope, context = {}) => send({ kind: 'operator', via: 'cli', ...context }, [], envelope),
    lastKey: () => upstream.requests.at(-1)?.header('authorization')[0]?.replace(/^\S+ /, ''),
    async store(name, value, scope = 'global') {
      const { secret } = await test.ask('secrets.create', { name, value, scope: scope as 'global' });
      return secret.secretId;
    },
    async close() {
      await test.close();
      await upstream.close();
    },
  };
}

/** Fixture F1 of the conformance cases: custom provider p1, credential c1 on up.test, capability p1/users. */
export async function addF1(fixture: CoreFixture): Promise<{ secretId: string }> {
  const secretId = await fixture.store('K', secretValue);
  await fixture.test.ask('credentials.create', {
    id: 'c1',
    provider: 'p1',
    secretRef: `vault:secret:${secretId}`,
    auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
    hosts: ['up.test'],
  });
  await fixture.test.ask('capabilities.create', {
    id: 'p1/users',
    provider: 'p1',
    methods: ['GET', 'POST'],
    paths: ['/v1/users'],
  });
  return { secretId };
}

/** Reads an answer to its end; the audit entry is written then. */
export async function bodyOf(answer: Answer): Promise<string> {
  if (answer.body === null) return '';
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body instanceof Uint8Array ? [answer.body] : answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
