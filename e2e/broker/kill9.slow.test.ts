import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestHost } from '../test-host.ts';
import { type HostFixture, startHostFixture } from './host-fixture.ts';

// The machinery that shares writes between calls, under load and cut at any moment: what reached an upstream is in the log.

describe('kill -9 while many calls run', () => {
  let f: HostFixture;
  before(async () => {
    f = await startHostFixture();
  });
  after(() => f.close());

  it('I4 leaves exactly one entry for every call that was sent, and no answered one without', async () => {
    const answered = new Set<string>();
    let running = true;
    let number = 0;
    const caller = async (): Promise<void> => {
      while (running) {
        const path = `/v1/users/n${number++}`;
        try {
          const { status } = await f.ask(`/v/c1${path}`);
          if (status === 200) answered.add(path);
        } catch {
          return;
        }
      }
    };
    const callers = Array.from({ length: 48 }, caller);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await f.host.kill9();
    running = false;
    await Promise.all(callers);
    const sent = new Set(f.upstream.requests.map(({ target }) => target));
    assert.ok(answered.size > 100, `${answered.size} calls`);

    const next = await startTestHost({ folder: f.host.folder });
    try {
      const outcomes = new Map<string, string>();
      let beforeSeq: number | undefined;
      for (;;) {
        const more = beforeSeq === undefined ? {} : { beforeSeq };
        const { entries } = await next.call('audit.list', { limit: 200, kind: 'invoke', ...more });
        for (const { path, outcome } of entries) {
          assert.ok(path !== undefined && !outcomes.has(path), `${path} has two entries`);
          outcomes.set(path, outcome);
        }
        beforeSeq = entries.at(-1)?.seq;
        if (beforeSeq === undefined) break;
      }
      for (const path of sent) assert.ok(outcomes.has(path), `${path} was sent and is not in the log`);
      for (const path of answered) assert.match(outcomes.get(path) ?? '', /^(allowed|unknown)$/, path);
      const verdict = await next.call('audit.verify', {});
      assert.equal(verdict.intact, true, JSON.stringify(verdict));
    } finally {
      await next.close({ keep: true });
    }
  });
});
