import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing } from '../../../e2e/needs.ts';

const skip = missing('gnome-keyring', 'dbus-daemon');
const home = mkdtempSync(join(tmpdir(), 'aivault-keychain-'));
after(() => rmSync(home, { recursive: true }));
const session = fileURLToPath(new URL('./os-keychain.session.ts', import.meta.url));
const kept = join(home, 'kept.json');

/** A bus on which no Secret Service can be started. */
const bareBus = join(home, 'bare-bus.conf');
writeFileSync(
  bareBus,
  `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=${home}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`,
);

/** Runs os-keychain.session.ts in a D-Bus session of its own, under a home of its own. */
function inSession(state: string, keyring: string, busOptions: readonly string[] = []): void {
  const script = `${keyring} exec "$0" --test --test-isolation=none --test-reporter=tap "$1"`;
  const run = spawnSync('dbus-run-session', [...busOptions, '--', 'bash', '-c', script, process.execPath, session], {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: join(home, '.local', 'share'),
      XDG_RUNTIME_DIR: home,
      KEYCHAIN_STATE: state,
      KEPT: kept,
    },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`);
  assert.match(run.stdout, /^# pass [1-9]/m, 'some tests ran');
}

const unlock = 'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;';
const startLocked = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1;';

test('an unlocked Secret Service: the exam, and a key that a later session finds', { skip }, () => {
  inSession('unlocked', unlock);
  inSession('reopened', unlock);
});

test('a locked Secret Service says locked and leads to no new key', { skip }, () => {
  inSession('locked', startLocked);
  inSession('reopened', unlock);
});

test('no Secret Service at all says the same', { skip }, () => {
  inSession('absent', '', [`--config-file=${bareBus}`]);
});

test('a Secret Service that never answers is given up after a deadline', { skip }, () => {
  const waitForIt = 'until secret-tool search a b >/dev/null 2>&1; do sleep 0.02; done; sleep 0.1;';
  const started = `gnome-keyring-daemon --foreground --unlock --components=secrets <<<pw >/dev/null 2>&1 & it=$!; ${waitForIt}`;
  inSession(
    'silent',
    `${started} kill -STOP $it; (for n in $(seq 600); do [ -e "$KEPT.done" ] && break; sleep 0.05; done; kill -KILL $it) >/dev/null 2>&1 &`,
  );
});
