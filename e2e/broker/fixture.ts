import type { Answer, Incoming } from '#contract/proxied.ts';
import { type Broker, createInvoke, type PipelineOptions } from '#core/broker/pipeline.ts';
import type { BrokerPorts } from '#core/broker/ports.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from '../fake-upstream.ts';
import { createMemoryPorts, envelopeIncoming, type MemoryPorts, testToken } from './memory-ports.ts';

// Fixture F1 of the conformance cases: capability p1/users (GET and POST on /v1/users), credential c1, a token for it,
// and a real TLS upstream behind the real pipeline.

export const secret = 'S3CRET-value-01';

export interface Fixture {
  readonly upstream: FakeUpstream;
  readonly ports: MemoryPorts;
  readonly invoke: Broker;
  /** Sends an envelope's request half and returns the answer. */
  send(request: unknown, options?: Parameters<typeof envelopeIncoming>[1]): Promise<Answer>;
  pass(incoming: Incoming, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

export async function startFixture(
  options: {
    upstream?: FakeUpstreamOptions;
    pipeline?: PipelineOptions;
    names?: readonly string[];
    proxyFor?: BrokerPorts['proxyFor'];
  } = {},
): Promise<Fixture> {
  const upstream = await startFakeUpstream(options.upstream);
  const names = options.names ?? ['up.test'];
  const ports = createMemoryPorts(
    {
      devResolve: new Map(names.map((name) => [name, { address: '127.0.0.1', port: upstream.port }])),
      devCa: upstream.authority.cert,
    },
    options.proxyFor,
  );
  ports.addCapability({ id: 'p1/users' });
  ports.addCredential({ id: 'c1' }, { secret });
  ports.addToken(testToken);
  const invoke = createInvoke(ports, options.pipeline);
  const pass = (incoming: Incoming, signal?: AbortSignal) => invoke(incoming, signal ?? new AbortController().signal);
  return {
    upstream,
    ports,
    invoke,
    pass,
    send: (request, more) => pass(envelopeIncoming(request, more)),
    async close() {
      await invoke.close();
      await upstream.close();
    },
  };
}
