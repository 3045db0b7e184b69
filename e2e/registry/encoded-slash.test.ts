import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createInvoke } from '#core/broker/pipeline.ts';
import { capabilityFromRegistry } from '#core/catalog/stored.ts';
import { registry } from '#core/providers/load.ts';
import {
  createMemoryPorts,
  envelopeIncoming,
  type MemoryPorts,
  passThroughIncoming,
  testToken,
} from '../broker/memory-ports.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { openedBy, tenantHost } from './opened.ts';

// Providers whose ids may hold a slash take it encoded (DECISIONS 37). Through the real pipeline, with the capabilities as
// they ship: what is named goes out byte for byte, and no other capability is reached by it, however the upstream reads it.

const providers = ['gitlab', 'npm', 'github'] as const;

describe('an encoded slash in the registry', () => {
  const groups = providers.map((name) => openedBy(registry().byName(name)!)[0]!);
  let upstream: FakeUpstream;
  let ports: MemoryPorts;
  let invoke: ReturnType<typeof createInvoke>;

  before(async () => {
    const names = [...new Set(groups.flatMap((group) => group.hosts.map(tenantHost)))];
    upstream = await startFakeUpstream({ names });
    ports = createMemoryPorts({
      devResolve: new Map(names.map((name) => [name, { address: '127.0.0.1', port: upstream.port }])),
      devCa: upstream.authority.cert,
    });
    invoke = createInvoke(ports);
    ports.capabilities.clear();
    for (const group of groups) {
      for (const entry of group.siblings)
        ports.capabilities.set(entry.capability.id, capabilityFromRegistry(entry, undefined));
      ports.addCredential(group.credential, group.values);
    }
  });

  after(async () => {
    await invoke.close();
    await upstream.close();
  });

  /** What arrives at the upstream by the envelope and by the pass-through door, with a token for one capability. */
  async function arrives(capability: string, request: string): Promise<string[]> {
    upstream.forget();
    ports.addToken(testToken, { capabilities: new Set([capability]) });
    const [method, path] = request.split(' ') as [string, string];
    const signal = new AbortController().signal;
    for (const incoming of [
      envelopeIncoming({ method, path, headers: [] }, { capability }),
      passThroughIncoming(method, `/v/${capability.split('/')[0]}${path}`),
    ]) {
      const { refusal } = await invoke(incoming, signal);
      if (refusal !== undefined) assert.match(refusal.error, /^(policy_violation|capability_not_found)$/, request);
    }
    return upstream.requests.map((seen) => `${seen.method} ${seen.target}`);
  }

  it('S11 C5 goes to the provider byte for byte, by either door', async () => {
    for (const [capability, request] of [
      ['gitlab/projects', 'GET /api/v4/projects/acme%2Fteam%2Fapp'],
      ['gitlab/projects', 'GET /api/v4/projects/acme%2Fapp/issues/7?labels=a%2Fb'],
      ['gitlab/projects', 'PUT /api/v4/projects/acme%2Fapp/repository/files/src%2Fmain.ts'],
      ['gitlab/projects', 'GET /api/v4/projects/42/repository/files/src%2Flib%2Fa.ts/raw?ref=main'],
      ['gitlab/project-delete', 'DELETE /api/v4/projects/acme%2Fapp'],
      ['gitlab/groups', 'GET /api/v4/groups/acme%2Fteam/projects'],
      ['npm/packages', 'GET /@acme%2Fvault'],
      ['npm/publish', 'PUT /@acme%2Fvault'],
      ['github/repos', 'GET /repos/acme/app/contents/src%2Fmain.ts'],
      ['github/repos', 'GET /repos/acme/app/git/ref/heads%2Fmain'],
    ] as const) {
      assert.deepEqual(await arrives(capability, request), [request, request], `${capability} ${request}`);
    }
    const lower = await arrives('gitlab/projects', 'GET /api/v4/projects/acme%2fapp');
    assert.deepEqual(lower, Array(2).fill('GET /api/v4/projects/acme%2Fapp'), 'one spelling');
  });

  it('C5 S44 reaches no narrower and no other capability, read as it is or as a slash', async () => {
    for (const [capability, request] of [
      ['gitlab/projects', 'DELETE /api/v4/projects/acme%2Fapp'],
      ['gitlab/projects', 'GET /api/v4/projects/acme%2Fapp/variables'],
      ['gitlab/projects', 'GET /api/v4/projects/acme%2Fvariables'],
      ['gitlab/projects', 'GET /api/v4/projects/acme%2FVariables%2FKEY'],
      ['gitlab/projects', 'POST /api/v4/projects/acme%2Fapp/members'],
      ['gitlab/projects', 'POST /api/v4/projects/acme%2Faccess_tokens'],
      ['gitlab/projects', 'GET /api/v4/groups/acme%2Fteam'],
      ['gitlab/projects', 'GET /api/v4/projects/..%2Fgroups%2F7'],
      ['gitlab/projects', 'GET /api/v4/projects/42/issues%2F7'],
      ['gitlab/groups', 'GET /api/v4/projects/acme%2Fapp'],
      ['gitlab/groups', 'DELETE /api/v4/groups/acme%2Fteam'],
      ['npm/packages', 'PUT /@acme%2Fvault'],
      ['npm/packages', 'GET /-%2Fwhoami'],
      ['npm/packages', 'GET /acme%2Fvault'],
      ['github/repos', 'PUT /repos/acme/app/branches/main%2Fprotection'],
      ['github/repos', 'PUT /repos/acme/app/actions/secrets%2FTOKEN'],
      ['github/repos', 'DELETE /repos/acme%2Fapp'],
    ] as const) {
      assert.deepEqual(await arrives(capability, request), [], `${capability} ${request}`);
    }
  });
});
