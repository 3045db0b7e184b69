import assert from 'node:assert/strict';
import { startTestHost, type TestHost } from '../test-host.ts';

// kill -9 of a host while it is written to: what was acknowledged is there afterwards, what was not is there whole or
// not at all.

interface Known {
  /** Acknowledged, so it has to be there. */
  readonly created: Map<string, string>;
  /** Acknowledged versions per secret. */
  readonly versions: Map<string, number>;
  readonly deleted: Set<string>;
}

const writers = 4;

/**
 * Starts a host of the folder once for each pause, lets four writers write for that many milliseconds, kills it, and
 * looks at what is left. Throws where an acknowledged write is missing or the audit chain is broken.
 */
export async function killWhileWriting(folder: string, pausesMs: readonly number[]): Promise<void> {
  const known: Known = { created: new Map(), versions: new Map(), deleted: new Set() };
  for (const [round, pauseMs] of pausesMs.entries()) {
    await withHost(folder, async (host) => {
      await check(host, known);
      const running = Array.from({ length: writers }, (_, w) => write(host, known, `R${round}_W${w}`).catch(() => {}));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await host.kill9();
      await Promise.all(running);
    });
  }
  await withHost(folder, async (host) => {
    await check(host, known);
    assert.ok(known.created.size > pausesMs.length, `${known.created.size} acknowledged writes`);
    const verdict = await host.call('audit.verify', {});
    assert.equal(verdict.intact, true, JSON.stringify(verdict));
  });
}

/** Whatever becomes of it, the host does not outlive this. */
async function withHost(folder: string, use: (host: TestHost) => Promise<void>): Promise<void> {
  const host = await startTestHost({ folder });
  try {
    await use(host);
  } finally {
    await host.close({ keep: true });
  }
}

async function write(host: TestHost, known: Known, prefix: string): Promise<void> {
  for (let n = 0; ; n++) {
    const name = `${prefix}_${n}`;
    const { secret } = await host.call('secrets.create', { name, value: `value-${name}-long-enough`, scope: 'global' });
    const { secretId } = secret;
    known.created.set(name, secretId);
    if (n % 3 === 1) {
      const { secret: rotated } = await host.call('secrets.rotate', { secretId, value: `next-${name}-long-enough` });
      known.versions.set(secretId, rotated.valueVersion);
    }
    if (n % 3 === 2) {
      await host.call('secrets.delete', { secretId });
      known.deleted.add(name);
    }
  }
}

async function check(host: TestHost, known: Known): Promise<void> {
  const status = await host.call('vault.status', {});
  assert.equal(status.state, 'unlocked', JSON.stringify(status.damaged));
  assert.deepEqual(status.damaged, []);
  const { secrets } = await host.call('secrets.list', {});
  const byName = new Map(secrets.map((secret) => [secret.name, secret]));
  for (const [name, secretId] of known.created) {
    if (known.deleted.has(name)) {
      assert.equal(byName.has(name), false, `${name} was deleted and has to stay so`);
      continue;
    }
    const found = byName.get(name);
    // A delete that was asked for but not acknowledged may have happened.
    if (found === undefined && Number(name.split('_').at(-1)) % 3 === 2) continue;
    assert.ok(found, `${name} was acknowledged`);
    assert.equal(found.secretId, secretId);
    assert.ok(found.valueVersion >= (known.versions.get(secretId) ?? 1), `${name} kept its acknowledged version`);
  }
}
