import path from 'node:path';
import { group } from './setup-agent-access.ts';
import type { Plan } from './setup-plan.ts';

// Hosts that start by themselves: a systemd service on Linux, a launch agent on macOS.

export interface Service {
  /** How to run aivaultd, as words. */
  readonly aivaultd: readonly string[];
}

const unitName = 'aivaultd-shared.service';
const unitMark = '# Written by `aivault setup systemd`.';

/**
 * A word of an ExecStart= line, by systemd.service(5): % begins a specifier, $ a variable (not in the program's own
 * path), and quotes take the escapes of C.
 */
function unitWord(word: string, at: number): string {
  if (/^[A-Za-z0-9@+=:,./_-]+$/.test(word)) return word;
  const escaped = word.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('%', '%%');
  return `"${at === 0 ? escaped : escaped.replaceAll('$', '$$$$')}"`;
}

function unit(user: string, { aivaultd }: Service): string {
  return `${unitMark}
# It is written anew each time. What you change belongs into a drop-in: systemctl edit ${unitName}
[Unit]
Description=aivault host for the agents of this machine
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=${user}
Group=${group}
ExecStart=${[...aivaultd, '--shared'].map(unitWord).join(' ')}
Restart=on-failure
RestartSec=1
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full

[Install]
WantedBy=multi-user.target
`;
}

/** A system service that runs as the vault's user. */
export function systemdPlan(user: string, service: Service): Plan {
  const content = unit(user, service);
  return {
    steps: [
      {
        kind: 'write',
        path: `/etc/systemd/system/${unitName}`,
        mode: 0o644,
        mark: unitMark,
        owner: null,
        content: async () => content,
        shown: content,
      },
      { kind: 'run', command: ['systemctl', 'daemon-reload'] },
      { kind: 'run', command: ['systemctl', 'enable', unitName] },
      // Not `start`: done a second time, what runs is what the unit says now.
      { kind: 'run', command: ['systemctl', 'restart', unitName] },
    ],
    facts: [`${unitName} runs aivaultd --shared as ${user}, in the group ${group} that setup agent-access makes.`],
    next: [`See how it is: systemctl status ${unitName}`, 'A passphrase vault starts locked: aivault unlock'],
  };
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A launch agent of the person who is logged in. */
export function launchdPlan(home: string, uid: number, service: Service): Plan {
  const label = 'com.aivault.aivaultd.shared';
  const logs = path.join(home, '.aivault', 'logs');
  const file = path.join(home, 'Library', 'LaunchAgents', `${label}.plist`);
  const words = [...service.aivaultd, '--shared'].map((word) => `    <string>${xml(word)}</string>`).join('\n');
  const mark = '<!-- Written by `aivault setup launchd`. -->';
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${mark}
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>StandardOutPath</key>
  <string>${xml(path.join(logs, 'aivaultd.log'))}</string>
  <key>StandardErrorPath</key>
  <string>${xml(path.join(logs, 'aivaultd.log'))}</string>
</dict>
</plist>
`;
  return {
    steps: [
      { kind: 'run', command: ['install', '-d', '-m', '0700', path.dirname(logs), logs] },
      // A new account may not have it; where it is there its mode is its owner's.
      { kind: 'run', command: ['mkdir', '-p', path.dirname(file)] },
      { kind: 'write', path: file, mode: 0o644, mark, owner: null, content: async () => content, shown: content },
      // What is loaded already cannot be loaded again.
      { kind: 'run', command: ['launchctl', 'bootout', `gui/${uid}/${label}`], mayFail: true },
      { kind: 'run', command: ['launchctl', 'bootstrap', `gui/${uid}`, file] },
    ],
    facts: [`${label} runs aivaultd --shared whenever you are logged in.`],
    next: [`See how it is: launchctl print gui/${uid}/${label}`, 'A passphrase vault starts locked: aivault unlock'],
  };
}
