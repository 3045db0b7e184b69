import path from 'node:path';
import { group } from './setup-agent-access.ts';
import { commandText, type Plan } from './setup-plan.ts';

// Hosts that start by themselves: a systemd service on Linux, a launch agent on macOS.

export interface Service {
  /** How to run aivaultd, as words. */
  readonly aivaultd: readonly string[];
}

function unit(user: string, { aivaultd }: Service): string {
  return `[Unit]
Description=aivault host for the agents of this machine
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=${user}
Group=${group}
ExecStart=${commandText([...aivaultd, '--shared'])}
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
  const name = 'aivaultd-shared.service';
  return {
    steps: [
      {
        kind: 'write',
        path: `/etc/systemd/system/${name}`,
        mode: 0o644,
        owner: null,
        content: async () => content,
        shown: content,
      },
      { kind: 'run', command: ['systemctl', 'daemon-reload'] },
      { kind: 'run', command: ['systemctl', 'enable', '--now', name] },
    ],
    facts: [`${name} runs aivaultd --shared as ${user}.`],
    next: [`See how it is: systemctl status ${name}`, 'A passphrase vault starts locked: aivault unlock'],
  };
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A launch agent of the person who is logged in. */
export function launchdPlan(home: string, uid: number, service: Service): Plan {
  const label = 'com.aivault.aivaultd.shared';
  const logs = path.join(home, '.aivault', 'logs');
  const file = path.join(home, 'Library', 'LaunchAgents', `${label}.plist`);
  const words = [...service.aivaultd, '--shared'].map((word) => `    <string>${xml(word)}</string>`).join('\n');
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
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
  <true/>
  <key>StandardOutPath</key>
  <string>${xml(path.join(logs, 'aivaultd.log'))}</string>
  <key>StandardErrorPath</key>
  <string>${xml(path.join(logs, 'aivaultd.log'))}</string>
</dict>
</plist>
`;
  return {
    steps: [
      { kind: 'run', command: ['install', '-d', '-m', '0700', logs] },
      { kind: 'write', path: file, mode: 0o644, owner: null, content: async () => content, shown: content },
      { kind: 'run', command: ['launchctl', 'bootstrap', `gui/${uid}`, file] },
    ],
    facts: [`${label} runs aivaultd --shared whenever you are logged in.`],
    next: [`See how it is: launchctl print gui/${uid}/${label}`, 'A passphrase vault starts locked: aivault unlock'],
  };
}
