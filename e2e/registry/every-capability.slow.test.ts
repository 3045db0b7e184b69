import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createInvoke } from '#core/broker/pipeline.ts';
import { capabilityFromRegistry } from '#core/catalog/stored.ts';
import type { RegistryCapability } from '#core/providers/catalog.ts';
import { registry } from '#core/providers/load.ts';
import { covers } from '#core/providers/path-overlap.ts';
import { createMemoryPorts, envelopeIncoming, type MemoryPorts, testToken, textOf } from '../broker/memory-ports.ts';
import { type FakeUpstream, type Seen, startFakeUpstream } from '../fake-upstream.ts';
import { expectedAuth, type Opened, openedBy, tenantHost } from './opened.ts';

// Every capability's example goes through the real pipeline to a real TLS upstream that plays all hosts of the registry:
// it arrives with the auth in its place and nowhere else (I1, I3), and what is outside its patterns arrives nowhere (I6).

describe('every capability of the registry', () => {
  const groups = registry().providers.flatMap(openedBy);
  let upstream: FakeUpstream;
  let ports: MemoryPorts;
  let invoke: ReturnType<typeof createInvoke>;

  before(async () => {
    const names = [...new Set(groups.flatMap((group) => group.hosts))];
    upstream = await startFakeUpstream({ names });
    ports = createMemoryPorts({
      devResolve: new Map(names.map((name) => [name, { address: '127.0.0.1', port: upstream.port }])),
      devCa: upstream.authority.cert,
    });
    invoke = createInvoke(ports);
  });

  after(async () => {
    await invoke.close();
    await upstream.close();
  });

  for (const group of groups) {
    const { name, entries } = group;
    it(`${name}: each example arrives with its auth in place`, async () => {
      use(group);
      for (const entry of entries) {
        const { answer, seen } = await send(entry, entry.capability.example);
        assert.equal(answer.refusal, undefined, `${entry.capability.id}: ${answer.refusal?.message}`);
        assert.equal(seen.length, 1, entry.capability.id);
        checkArrival(group, entry, seen[0]!);
        const told = await textOf(answer);
        for (const secret of group.secrets) assert.ok(!told.includes(secret), `${entry.capability.id} tells a secret`);
      }
    });

    it(`${name}: what is outside its patterns is refused and sent nowhere (I6)`, async () => {
      use(group);
      for (const entry of entries) {
        for (const outside of requestsOutside(entry)) {
          const { answer, seen } = await send(entry, outside);
          assert.ok(answer.refusal !== undefined, `${entry.capability.id} let ${outside.method} ${outside.path} pass`);
          assert.equal(seen.length, 0, entry.capability.id);
        }
      }
    });
  }

  function use(group: Opened): void {
    ports.capabilities.clear();
    ports.credentials.clear();
    for (const entry of group.siblings) {
      ports.capabilities.set(entry.capability.id, capabilityFromRegistry(entry, undefined));
    }
    ports.addCredential(group.credential, group.values);
    ports.addToken(testToken, { capabilities: new Set(group.siblings.map((entry) => entry.capability.id)) });
  }

  async function send(entry: RegistryCapability, request: { method: string; path: string; body?: unknown }) {
    upstream.forget();
    const body = request.body === undefined ? {} : { body: textBody(request.body) };
    const headers = typeof request.body === 'object' ? [{ name: 'content-type', value: 'application/json' }] : [];
    const incoming = envelopeIncoming(
      { method: request.method, path: request.path, headers, ...body },
      { capability: entry.capability.id },
    );
    const answer = await invoke(incoming, new AbortController().signal);
    return { answer, seen: [...upstream.requests] };
  }

  function checkArrival(group: Opened, entry: RegistryCapability, seen: Seen): void {
    const { id, example, host } = entry.capability;
    const expected = expectedAuth(group, example.path);
    assert.equal(seen.method, example.method, id);
    assert.equal(seen.target, expected.target, id);
    assert.deepEqual(seen.header('host'), [tenantHost(host ?? group.hosts[0]!)], id);
    for (const [name, value] of expected.headers) assert.deepEqual(seen.header(name), [value], `${id}: ${name}`);
    const wire = `${seen.target}\n${seen.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n${seen.body}`;
    for (const [secret, times] of expected.occurrences) {
      assert.equal(wire.split(secret).length - 1, times, `${id}: a secret stands where it does not belong`);
    }
  }
});

function textBody(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Requests its own policy must refuse: another path where it is not open to all, and a method it does not have. */
function* requestsOutside({ capability }: RegistryCapability) {
  const method = capability.methods[0]!;
  const far = '/zz/zz/zz/zz/zz/zz/zz/zz/zz/zz';
  if (!capability.paths.some((pattern) => covers(pattern, far))) yield { method, path: far };
  yield { method, path: `${capability.example.path.split('?')[0]!}/..%2f..%2fzz` };
  const other = ['DELETE', 'PATCH', 'PUT', 'POST', 'GET'].find((each) => !capability.methods.includes(each as never));
  if (other !== undefined) yield { method: other, path: capability.example.path };
}
