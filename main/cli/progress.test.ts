import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Command } from './command.ts';
import { auditCommands } from './commands/audit.ts';
import { backupCommands } from './commands/backup.ts';
import { secretCommands } from './commands/secrets.ts';
import { vaultCommands } from './commands/vault.ts';
import { createOutput } from './output.ts';
import { parse } from './parse.ts';
import type { Session } from './session.ts';

// Bulk work that takes longer than 300 ms shows that it goes on, on a terminal and nowhere else.

const answers: Readonly<Record<string, unknown>> = {
  'vault.status': { keyProvider: 'file' },
  'vault.rotateMaster': { keyProvider: 'file', fingerprint: 'f' },
  'audit.verify': { intact: true, entries: 1, break: null, base: null },
  'audit.export': { lines: [], nextAfterSeq: null },
  'backup.create': { path: '/b', secrets: 0, bytes: 1 },
  'backup.restore': {
    state: 'unlocked',
    keyProvider: 'file',
    fingerprint: 'f',
    paths: { vault: '/v', key: null, socket: null },
    endpoint: null,
    trouble: null,
    damaged: [],
    warnings: [],
    counts: null,
    locksAtMs: null,
    version: '1',
    pid: 1,
  },
  'providers.list': { providers: [] },
  'secrets.import': { created: ['A'], rotated: [], skipped: [], notices: [] },
};

/** Runs a command against a host that takes its time; gives what stderr showed. */
async function shown(command: Command, words: readonly string[], takesMs: number, isTTY: boolean): Promise<string> {
  const stream = () => Object.assign(new PassThrough(), { isTTY });
  const [stdout, stderr] = [stream(), stream()];
  const out = createOutput({ stdout, stderr, json: false, noColor: '1' });
  const ask = async (name: string) => {
    await setTimeout(['vault.status', 'providers.list'].includes(name) ? 0 : takesMs);
    return answers[name];
  };
  const session = {
    out,
    ask,
    terminal: { input: new PassThrough(), questions: stderr, signals: process },
    environment: {},
    now: () => Date.now(),
    signal: new AbortController().signal,
  } as unknown as Session;
  await command.run(parse(command, words), session);
  return String(stderr.read() ?? '');
}

const named = (commands: readonly Command[], words: string) => commands.find((each) => each.words === words)!;
const bulk: readonly (readonly [command: Command, words: readonly string[], label: string])[] = [
  [named(secretCommands, 'secrets import'), ['--entry', 'A=some-value'], 'Importing'],
  [named(vaultCommands, 'rotate-master'), [], 'Rotating the master key'],
  [named(auditCommands, 'audit verify'), [], 'Checking the audit chain'],
  [
    named(backupCommands, 'backup create'),
    ['b', '--backup-passphrase-file', import.meta.filename],
    'Writing the backup',
  ],
  [named(backupCommands, 'backup restore'), ['b', '--passphrase-file', import.meta.filename], 'Restoring'],
];

describe('progress', { concurrency: true }, () => {
  for (const [command, words, label] of bulk) {
    test(`${command.words} over 300 ms shows progress on a terminal, and takes it away again`, async () => {
      const said = await shown(command, words, 700, true);
      assert.match(said, new RegExp(`[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ${label}`));
      assert.ok(said.endsWith('\r\u001b[K'), 'the line is empty at the end');
    });
  }

  test('what is quick, and what no terminal shows, shows none', async () => {
    const [command, words, label] = bulk[2]!;
    assert.ok(!(await shown(command, words, 20, true)).includes(label));
    assert.ok(!(await shown(command, words, 700, false)).includes(label));
  });
});
