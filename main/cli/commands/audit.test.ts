import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createOutput } from '../output.ts';
import { parse } from '../parse.ts';
import type { Session } from '../session.ts';
import { auditCommands } from './audit.ts';

test('following prints every entry of a burst, oldest first, however long it is', async () => {
  const log = [{ seq: 1 }];
  const stdout = new PassThrough({ highWaterMark: 1 << 24 });
  const session = {
    out: createOutput({ stdout, stderr: new PassThrough(), json: true, noColor: '1' }),
    signal: new AbortController().signal,
    now: () => 0,
    host: async () => ({
      async *events() {
        for (let seq = 2; seq <= 2_500; seq++) log.push({ seq });
        yield { event: 'audit.appended' };
      },
    }),
    ask: async (_name: string, { limit = 200, beforeSeq = Number.POSITIVE_INFINITY }) => ({
      entries: log
        .filter(({ seq }) => seq < beforeSeq)
        .toReversed()
        .slice(0, limit),
    }),
  } as unknown as Session;
  const [audit] = auditCommands;
  await assert.rejects(async () => audit!.run(parse(audit!, ['--follow', '--json']), session), {
    code: 'host_unreachable',
  });
  const seqs = String(stdout.read())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).seq);
  assert.deepEqual(
    seqs,
    Array.from({ length: 2_499 }, (_, index) => index + 2),
  );
});
