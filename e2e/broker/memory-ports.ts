import { AivaultError } from '#contract/errors.ts';
import type { Answer, HeaderPair, Incoming } from '#contract/proxied.ts';
import type { Capability, CatalogView, CredentialView, Grant } from '#core/broker/parties.ts';
import type { BrokerPorts, EgressSettings, InvokeFacts, Revealed } from '#core/broker/ports.ts';
import { SecretMaterial } from '#core/vault/secret-material.ts';

// The broker's ports over plain memory, for tests of the stages alone. Same shapes as the real ones in core.ts, no disk.

export interface Written {
  readonly actor: string;
  readonly outcome: 'begun' | 'allowed' | 'failed' | 'refused';
  readonly facts: InvokeFacts;
}

export interface MemoryPorts extends BrokerPorts {
  readonly written: Written[];
  readonly tokens: Map<string, Grant>;
  readonly capabilities: Map<string, Capability>;
  readonly credentials: Map<string, CredentialView>;
  /** Credential id → field → value. */
  readonly values: Map<string, Record<string, string>>;
  readonly revealed: string[];
  nowMs: number;
  /** Makes the next `begin` fail, as a full disk does. */
  auditBroken: boolean;
  addCapability(capability: Partial<Capability> & { id: string }): void;
  addCredential(credential: Partial<CredentialView> & { id: string }, values: Record<string, string>): void;
  addToken(token: string, grant?: Partial<Grant>): void;
}

const openPolicy = {
  rateLimitPerMinute: null,
  maxRequestBodyBytes: null,
  maxResponseBodyBytes: null,
  responseBodyBlocklist: [],
  askOperator: false,
};

export function createMemoryPorts(egress: EgressSettings, proxyFor: BrokerPorts['proxyFor'] = () => null): MemoryPorts {
  const written: Written[] = [];
  const tokens = new Map<string, Grant>();
  const capabilities = new Map<string, Capability>();
  const credentials = new Map<string, CredentialView>();
  const values = new Map<string, Record<string, string>>();
  const revealed: string[] = [];
  const of = <T extends { provider: string }>(map: Map<string, T>, provider: string) =>
    [...map.values()].filter((each) => each.provider === provider);

  const catalog: CatalogView = {
    capability: (id) => capabilities.get(id),
    suggest: (id) => [...capabilities.keys()].filter((known) => known.startsWith(id.slice(0, 4))),
    capabilitiesOf: (provider) => of(capabilities, provider),
    isProvider: (name) => of(capabilities, name).length > 0,
    credential: (id) => credentials.get(id),
    credentialsOf: (provider) => of(credentials, provider),
    bound: () => null,
  };

  const ports: MemoryPorts = {
    written,
    tokens,
    capabilities,
    credentials,
    values,
    revealed,
    nowMs: 1_800_000_000_000,
    auditBroken: false,
    verify(token) {
      const grant = tokens.get(token);
      if (grant === undefined) throw new AivaultError('token_invalid', 'The token is not valid.');
      return grant;
    },
    takeCall: () => true,
    operatorGrant: (via, context, consumer) => ({
      actor: `operator:${via}`,
      tokenId: null,
      capabilities: null,
      credential: null,
      context,
      consumer,
      maxCalls: null,
    }),
    catalog: () => catalog,
    reveal(approved): Revealed {
      revealed.push(approved.credential.id);
      const stored = values.get(approved.credential.id);
      if (stored === undefined) throw new AivaultError('credential_not_found', 'The secret is gone.');
      return {
        fields: Object.fromEntries(
          Object.entries(stored).map(([field, value]) => [
            field,
            new SecretMaterial(field, 1, Buffer.from(value, 'utf8')),
          ]),
        ),
      };
    },
    replaceTokens: async () => {},
    record: {
      begin(actor, facts) {
        if (!ports.auditBroken) written.push({ actor, outcome: 'begun', facts: structuredClone(facts) });
        return {
          announced: ports.auditBroken
            ? Promise.reject(new AivaultError('audit_unavailable', 'The entry cannot be written.'))
            : Promise.resolve(),
          close: async (outcome, closing) => {
            written.push({ actor, outcome, facts: structuredClone(closing) });
          },
        };
      },
      async refused(actor, facts) {
        written.push({ actor, outcome: 'refused', facts: structuredClone(facts) });
      },
    },
    used: () => {},
    now: () => ports.nowMs,
    stopwatch: () => performance.now(),
    egress,
    proxyFor,
    addCapability(capability) {
      capabilities.set(capability.id, {
        provider: capability.id.split('/')[0]!,
        origin: 'custom',
        hosts: ['up.test'],
        methods: ['GET', 'POST'],
        paths: ['/v1/users/**'],
        exclude: [],
        effect: 'write',
        credential: null,
        alternative: null,
        policy: openPolicy,
        ...capability,
      });
    },
    addCredential(credential, fields) {
      credentials.set(credential.id, {
        provider: 'p1',
        context: {},
        auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
        hosts: ['up.test'],
        secretIds: {},
        identifiers: new Set(),
        alternative: null,
        opens: null,
        priority: 0,
        upstreamPathPrefix: null,
        allowLocal: false,
        requestHeaders: [],
        responseHeaders: [],
        refuseUnscannable: false,
        ...credential,
      });
      values.set(credential.id, fields);
    },
    addToken(token, grant = {}) {
      tokens.set(token, {
        actor: 'agent:tok_0000000000000001',
        tokenId: 'tok_0000000000000001',
        capabilities: new Set(['p1/users']),
        credential: null,
        context: {},
        consumer: null,
        maxCalls: null,
        ...grant,
      });
    },
  };
  return ports;
}

export const testToken = 'avp_test-token-0000000000000000000000000000000';

/** An envelope as it comes from the endpoint. */
export function envelopeIncoming(
  request: unknown,
  options: { token?: string | null; capability?: string; more?: object } = {},
): Incoming {
  const token = options.token === undefined ? testToken : options.token;
  const text =
    typeof request === 'string'
      ? request
      : JSON.stringify({ capability: options.capability ?? 'p1/users', request, ...options.more });
  return {
    door: 'envelope',
    caller: { kind: 'bearer' },
    method: 'POST',
    target: '/aivault/proxy',
    headers: [
      ['content-type', 'application/json'],
      ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
    ],
    body: Buffer.from(text, 'utf8'),
  };
}

/** A pass-through request; `headers` replace the bearer token's. */
export function passThroughIncoming(
  method: string,
  target: string,
  headers?: readonly HeaderPair[],
  body: Incoming['body'] = null,
): Incoming {
  return {
    door: 'pass-through',
    caller: { kind: 'bearer' },
    method,
    target,
    headers: headers ?? [['Authorization', `Bearer ${testToken}`]],
    body,
  };
}

/** The whole body as text. */
export async function textOf(answer: Answer): Promise<string> {
  if (answer.body === null) return '';
  if (answer.body instanceof Uint8Array) return Buffer.from(answer.body).toString('utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
