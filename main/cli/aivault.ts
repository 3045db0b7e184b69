#!/usr/bin/env node
import { AivaultError, type ErrorBody } from '#contract/errors.ts';
import { contractVersion } from '#contract/version.ts';
import { type Found, findCommand, wantsJson } from './find-command.ts';
import { commandHelp, nounHelp, programHelp } from './help.ts';
import { helpJson } from './help-json.ts';
import { inWordsOf } from './named-options.ts';
import { createOutput, exitCodeOf } from './output.ts';
import { parse } from './parse.ts';
import { Interrupted } from './prompt.ts';
import { createSession } from './session.ts';

// The program `aivault`: it asks, and is never a host. Find the command, read its words, run it, end with its code.

const { stdin, stdout, stderr, env } = process;
const stop = new AbortController();

function output(json: boolean) {
  return createOutput({ stdout, stderr, json, noColor: env.NO_COLOR });
}

async function run({ command, below, rest }: Extract<Found, { kind: 'command' }>): Promise<number> {
  const values = parse(command, rest);
  const out = output(values.json);
  if (values.help) {
    if (out.json) printHelp({ kind: 'help', command, below });
    else commandHelp(output(false), command, below);
    return 0;
  }
  const terminal = { input: stdin, questions: stderr, signals: process };
  const session = createSession({ out, terminal, environment: env, now: () => Date.now(), signal: stop.signal });
  try {
    return (await command.run(values, session)) ?? 0;
  } catch (error) {
    throw inWordsOf(command, error);
  } finally {
    out.flush();
    await session.close();
  }
}

function printHelp(found: Parameters<typeof helpJson>[0]): void {
  stdout.write(`${JSON.stringify(helpJson(found), null, 2)}\n`);
}

async function main(words: readonly string[]): Promise<number> {
  const found = await findCommand(words);
  if (found.kind !== 'command' && wantsJson(words)) {
    printHelp(found);
    return 'asked' in found && !found.asked ? 2 : 0;
  }
  switch (found.kind) {
    case 'version':
      stdout.write(`aivault ${contractVersion}\n`);
      return 0;
    case 'program':
      programHelp(output(false));
      return found.asked ? 0 : 2;
    case 'noun':
      nounHelp(output(false), found.noun, found.commands);
      return found.asked ? 0 : 2;
    case 'help':
      commandHelp(output(false), found.command, found.below);
      return 0;
    case 'command':
      return run(found);
  }
}

/** Where an error that is not ours came from matters to us and not to the reader; AIVAULT_DEBUG shows it. */
function refusal(error: unknown): ErrorBody {
  if (error instanceof AivaultError) return error.toJSON();
  if (env.AIVAULT_DEBUG === '1') stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return new AivaultError('internal', 'Something went wrong inside aivault; this is a bug.', {
    hint: 'AIVAULT_DEBUG=1 shows where.',
  }).toJSON();
}

/** Says it, and gives the code to end with. */
function report(body: ErrorBody): number {
  output(false).error(body);
  return exitCodeOf(body);
}

// The reader of our output may leave early (`aivault audit | head`): that is no error, and nothing is left to say. What
// a full disk did not take is one: half an export must not pass for a whole one. What stderr cannot take is lost; the
// exit code still tells.
stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(process.exitCode ?? 0);
  const message = `The output could not be written (${code ?? 'unknown reason'}).`;
  process.exit(report(new AivaultError('storage_unavailable', message).toJSON()));
});
stderr.on('error', () => {});
process.once('SIGINT', () => {
  stop.abort();
  process.exitCode = 130;
});

try {
  const code = await main(process.argv.slice(2));
  process.exitCode ??= code;
} catch (error) {
  if (error instanceof Interrupted || stop.signal.aborted) process.exitCode = 130;
  else process.exitCode = report(refusal(error));
}
