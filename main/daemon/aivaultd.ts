#!/usr/bin/env node
import { AivaultError, errorTable } from '#contract/errors.ts';
import { contractVersion } from '#contract/version.ts';
import { whereFrom } from '#contract/where-from.ts';
import { readFlags, usage } from './flags.ts';
import { oldestHostNode, runPinned, takeHostFlags } from './pinned-node.ts';
import { report } from './report.ts';

// The host without a window. This file runs on any Node: it reads the flags, finds a Node that can be a host, and only
// then loads one.

async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  if (flags.help) return void process.stdout.write(usage);
  if (flags.version) return void process.stdout.write(`${contractVersion}\n`);
  if (Number.parseInt(process.versions.node, 10) < oldestHostNode) return runPinned(args, flags);
  if (!flags.report) takeHostFlags(args, process.env.NODE_OPTIONS ?? '');
  const { runDaemon } = await import('./run-daemon.ts');
  await runDaemon(flags);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  report({
    error:
      error instanceof AivaultError
        ? error.toJSON()
        : { error: 'internal', message: 'aivaultd failed to start.', hint: 'Run `aivaultd` to see why.' },
  });
  if (error instanceof AivaultError) {
    process.stderr.write(
      `error: ${error.code}: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`,
    );
  } else {
    process.stderr.write(`error: internal: aivaultd failed to start.\n${whereFrom(error)}\n`);
  }
  process.exitCode = errorTable[error instanceof AivaultError ? error.code : 'internal'].exit;
});
