import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { invalid } from './session.ts';
import type { Owner, Plan, Step } from './setup-plan.ts';

// An agent under another OS user: a group, a folder only its members enter, a socket and a token inside.

const execute = promisify(execFile);
export const group = 'aivault';
export const usualSharedFolder = '/var/run/aivault';
const tokenName = 'agent.token';

export interface AgentAccess {
  readonly agentUser: string;
  /** Who owns the vault and runs aivaultd. */
  readonly daemonUser: string;
  readonly sharedFolder: string;
  readonly capabilities: readonly string[];
  readonly ttl: string;
  /** How to run aivault, as words. */
  readonly aivault: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** POSIX portable user names; anything else could be an option or a path. */
export function checkUser(option: string, name: string): string {
  if (!/^[a-z_][a-z0-9_-]{0,31}\$?$/.test(name)) throw invalid(`--${option} needs a user name.`);
  return name;
}

async function lookUp(database: 'passwd' | 'group', name: string): Promise<readonly string[]> {
  const { stdout } = await execute('getent', [database, name]).catch(() => ({ stdout: '' }));
  if (stdout === '') throw invalid(`There is no ${database === 'passwd' ? 'user' : 'group'} ${name} on this machine.`);
  return stdout.trim().split(':');
}

/** Throws `invalid_request` where one of the users is not there: before anything is written or made, and not half way. */
export async function requireUsers(...users: readonly string[]): Promise<void> {
  // macOS keeps its users elsewhere, and its own tool says which is missing.
  if (process.platform === 'darwin') return;
  for (const user of users) await lookUp('passwd', user);
}

const ownerOf = (user: string) => async (): Promise<Owner> => ({
  uid: Number((await lookUp('passwd', user))[2]),
  gid: Number((await lookUp('group', group))[2]),
});

/**
 * Mints as the vault's own user: root does not become an operator of somebody's vault by setting up a folder. A host that
 * runs is asked; else a private one answers and is gone, so that `aivaultd --shared` finds the vault free.
 */
async function mint(access: AgentAccess): Promise<string> {
  const home = (await lookUp('passwd', access.daemonUser))[5];
  const grants = access.capabilities.flatMap((id) => ['--capability', id]);
  const asked = [
    ...access.aivault,
    'token',
    'mint',
    '--name',
    `agent ${access.agentUser}`,
    '--ttl',
    access.ttl,
    ...grants,
  ];
  const attempt = (setting: string) =>
    execute('runuser', ['-u', access.daemonUser, '--', 'env', `HOME=${home}`, setting, ...asked]);
  const { stdout } = await attempt('AIVAULTD_AUTOSTART=0')
    .catch((cause: { stderr?: string }) => {
      if (cause.stderr?.includes('host_unreachable')) return attempt('AIVAULTD_DISABLE=1');
      throw cause;
    })
    .catch((cause: { stderr?: string }) => {
      const lines = (cause.stderr ?? '').trim().split('\n');
      throw invalid('The token could not be minted.', lines.find((line) => line.startsWith('error: ')) ?? lines[0]);
    });
  return `${stdout.trim()}\n`;
}

function groupSteps(access: AgentAccess): readonly Step[] {
  const users = [access.daemonUser, access.agentUser].filter((user) => user !== 'root');
  if (access.platform === 'darwin') {
    return [
      { kind: 'run', command: ['dseditgroup', '-o', 'create', group] },
      ...users.map(
        (user): Step => ({ kind: 'run', command: ['dseditgroup', '-o', 'edit', '-a', user, '-t', 'user', group] }),
      ),
    ];
  }
  return [
    { kind: 'run', command: ['groupadd', '--force', '--system', group] },
    ...users.map((user): Step => ({ kind: 'run', command: ['usermod', '-aG', group, user] })),
  ];
}

/** The folder in /var/run is gone after a restart of the machine; systemd-tmpfiles makes it again, empty. */
function afterReboot(access: AgentAccess): readonly Step[] {
  if (access.platform !== 'linux' || access.sharedFolder !== usualSharedFolder) return [];
  const mark = '# Written by `aivault setup agent-access`.\n';
  const content = `${mark}d ${usualSharedFolder} 2750 ${access.daemonUser} ${group} -\n`;
  return [
    {
      kind: 'write',
      path: '/etc/tmpfiles.d/aivault.conf',
      mode: 0o644,
      owner: null,
      mark,
      content: async () => content,
      shown: content,
    },
  ];
}

/** What to do so that the agent's user may invoke the capabilities, and nothing else. */
export function agentAccessPlan(access: AgentAccess): Plan {
  const folder = ['install', '-d', '-m', '2750', '-o', access.daemonUser, '-g', group, access.sharedFolder] as const;
  const token: Step = {
    kind: 'write',
    path: path.join(access.sharedFolder, tokenName),
    mode: 0o640,
    mark: null,
    owner: ownerOf(access.daemonUser),
    content: () => mint(access),
    shown: `a token for ${access.capabilities.join(', ')}, valid ${access.ttl}`,
  };
  const tokens = access.capabilities.length === 0 ? [] : [token];
  return {
    steps: [...groupSteps(access), { kind: 'run', command: folder }, ...afterReboot(access), ...tokens],
    facts: [
      `Members of the group ${group} reach the socket in ${access.sharedFolder}.`,
      access.capabilities.length === 0
        ? 'No token was written: name what agents may do with --capability.'
        : `Agents hold a token for ${access.capabilities.join(', ')}, and nothing of the operator's.`,
    ],
    next: [
      `Run aivaultd --shared as ${access.daemonUser}, or: aivault setup systemd --daemon-user ${access.daemonUser}`,
      `Log ${access.agentUser} out and in again, so that the group counts; then it may say: aivault invoke <capability>`,
    ],
  };
}
