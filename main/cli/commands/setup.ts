import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { hostNodeFlags } from '#contract/host-node-flags.ts';
import { type Command, command, flag, list, requiredText, text } from '../command.ts';
import { invalid, type Session } from '../session.ts';
import { agentAccessPlan, checkUser, requireUsers, usualSharedFolder } from '../setup-agent-access.ts';
import { carryOut } from '../setup-plan.ts';
import { launchdPlan, systemdPlan } from '../setup-services.ts';
import { durationMs } from '../time-text.ts';

// Setting the machine up: agents under other users, hosts that start by themselves. --dry-run shows every step.

const dryRun = { 'dry-run': flag('Only show what would be done.') } as const;

/** A sibling of this program, run by the Node that runs it: what a service finds later without a PATH. */
function program(name: 'aivault' | 'aivaultd'): readonly string[] {
  const self = realpathSync(process.argv[1]!);
  const file = self.endsWith('.ts')
    ? path.join(path.dirname(self), name === 'aivault' ? 'aivault.ts' : '../daemon/aivaultd.ts')
    : path.join(path.dirname(self), `${name}.mjs`);
  return [process.execPath, ...(name === 'aivaultd' ? hostNodeFlags : []), file];
}

function needRoot(isDryRun: boolean): void {
  if (isDryRun || process.getuid?.() === 0) return;
  throw new AivaultError('operator_required', 'This changes the machine and needs root.', {
    hint: 'Run it with sudo, or look first with --dry-run.',
  });
}

function daemonUser(given: string | undefined, session: Session): string {
  const name = given ?? session.environment.SUDO_USER ?? os.userInfo().username;
  return checkUser('daemon-user', name);
}

function sharedFolder(session: Session): string {
  const socket = session.environment.AIVAULTD_SHARED_SOCKET?.trim() ?? '';
  if (socket === '') return process.platform === 'darwin' ? '/Users/Shared/aivault/run' : usualSharedFolder;
  if (!path.isAbsolute(socket)) throw invalid('AIVAULTD_SHARED_SOCKET must be an absolute path.');
  return path.dirname(socket);
}

const agentAccess = command({
  words: 'setup agent-access',
  summary: 'Let agents of another user invoke capabilities over a group socket.',
  options: {
    'agent-user': requiredText('USER', 'Who the agents run as.'),
    'daemon-user': text('USER', 'Who owns the vault and runs aivaultd (default: who called sudo).'),
    capability: list('ID', 'A capability the agents may use.', { complete: 'capability' }),
    ttl: text('DURATION', 'How long their token lives (default: 30d, the most there is).'),
    ...dryRun,
  },
  examples: ['sudo aivault setup agent-access --agent-user agent --capability openai/chat-completions'],
  async run(values, session) {
    const agentUser = checkUser('agent-user', values['agent-user']);
    const ttl = values.ttl ?? '30d';
    durationMs('ttl', ttl);
    const access = {
      agentUser,
      daemonUser: daemonUser(values['daemon-user'], session),
      sharedFolder: sharedFolder(session),
      capabilities: values.capability,
      ttl,
      aivault: program('aivault'),
      platform: process.platform,
    };
    if (access.agentUser === access.daemonUser) throw invalid('The agents must run as another user than the vault.');
    needRoot(values['dry-run']);
    if (!values['dry-run']) await requireUsers(access.daemonUser, access.agentUser);
    await carryOut(session.out, agentAccessPlan(access), values['dry-run']);
    return 0;
  },
});

const systemd = command({
  words: 'setup systemd',
  summary: 'Run the host as a system service (Linux).',
  options: { 'daemon-user': requiredText('USER', 'Who owns the vault and runs aivaultd.'), ...dryRun },
  async run(values, session) {
    const user = checkUser('daemon-user', values['daemon-user']);
    if (process.platform !== 'linux') throw invalid('systemd is there on Linux only.');
    needRoot(values['dry-run']);
    if (!values['dry-run']) await requireUsers(user);
    await carryOut(session.out, systemdPlan(user, { aivaultd: program('aivaultd') }), values['dry-run']);
    return 0;
  },
});

const launchd = command({
  words: 'setup launchd',
  summary: 'Run the host whenever you are logged in (macOS).',
  options: dryRun,
  async run(values, session) {
    if (process.platform !== 'darwin' && !values['dry-run']) throw invalid('launchd is there on macOS only.');
    const plan = launchdPlan(os.homedir(), process.getuid?.() ?? 0, { aivaultd: program('aivaultd') });
    await carryOut(session.out, plan, values['dry-run']);
    return 0;
  },
});

export const setupCommands: readonly Command[] = [agentAccess, systemd, launchd];
