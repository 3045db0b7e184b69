import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { AivaultError } from '#contract/errors.ts';
import { connectHost } from '#transports/find-host.ts';
import { openInBrowser } from '../browser.ts';
import { type Command, command, flag, number } from '../command.ts';
import { dim } from '../output.ts';
import { type Session, unwrap } from '../session.ts';
import { summaries } from '../summaries.ts';

// The host as a program: stopped, started again, shown in a browser.

const graceOption = {
  'grace-ms': number('MS', 'How long running calls may take to finish (default: 2000).', { max: 10_000 }),
} as const;

/** Asks the running host to stop and waits until nobody answers any more. Null: none ran. */
async function stopHost(session: Session, graceMs: number | undefined): Promise<{ pid: number } | null> {
  const host = await session.runningHost();
  if (host === null) return null;
  const answer = unwrap(await host.call('host.shutdown', graceMs === undefined ? {} : { graceMs }));
  const deadline = session.now() + (graceMs ?? 2000) + 5000;
  while (isAlive(answer.pid)) {
    if (session.now() > deadline) throw new AivaultError('host_busy', 'The host has not stopped yet.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { pid: answer.pid };
}

/** A process that has ended but waits for its parent counts as gone: in a container nobody may ever collect it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    // proc(5): the state letter follows the name, which stands in parentheses and may hold any character.
    return !/^\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*(?=\) [A-Z])/s, ''));
  } catch {
    return false;
  }
}

const shutdownCommand = command({
  words: 'shutdown',
  summary: summaries['host.shutdown'],
  options: graceOption,
  async run(values, session) {
    const stopped = await stopHost(session, values['grace-ms']);
    const answer = { stopped: stopped !== null, pid: stopped?.pid ?? null };
    session.out.answer(answer, () => session.out.line(stopped === null ? 'No host was running.' : 'Host stopped.'));
    return 0;
  },
});

const restartCommand = command({
  words: 'restart',
  summary: 'Stop the host and start it again, with the version that is installed now.',
  options: graceOption,
  async run(values, session) {
    await stopHost(session, values['grace-ms']);
    const host = await connectHost({ environment: session.environment });
    try {
      const status = unwrap(await host.call('vault.status', {}));
      const answer = { restarted: true, socket: status.paths.socket, pid: status.pid, state: status.state };
      session.out.answer(answer, () => session.out.line(`Host restarted; the vault is ${status.state}.`));
    } finally {
      await host.close();
    }
    return 0;
  },
});

const consoleCommand = command({
  words: 'console',
  summary: 'Open the window in a browser, for machines without a desktop.',
  options: { 'no-open': flag('Only say where it is.') },
  async run(values, session) {
    const answer = await session.ask('console.open', {});
    // The one-time code is inside the file, which only this user can read; it never stands on a command line.
    const page = pathToFileURL(answer.redirectFile).href;
    if (!values['no-open']) openInBrowser(page, session.environment);
    session.out.answer(answer, () => {
      session.out.line(`The console is at ${answer.baseUrl}.`);
      session.out.line(dim(`Open this file in a browser of this machine: ${page}`));
    });
    return 0;
  },
});

export const hostCommands: readonly Command[] = [shutdownCommand, restartCommand, consoleCommand];
