import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';

/**
 * The `aivaultd` beside this program: the source file while running from source, else the bundle in the same folder or
 * the one above. PATH is not searched: what stands there first is not necessarily ours.
 */
export function daemonProgram(): string {
  const candidates = import.meta.url.endsWith('.ts')
    ? ['../daemon/aivaultd.ts']
    : ['./aivaultd.mjs', '../aivaultd.mjs'];
  for (const candidate of candidates) {
    const file = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new AivaultError('host_unreachable', 'No host runs, and aivaultd is not installed beside this program.', {
    hint: `Install the package again, or start aivaultd yourself (looked in ${path.dirname(fileURLToPath(import.meta.url))}).`,
  });
}

/** What a host that this program starts may inherit. Everything else of the caller's environment stays behind (D4, G21). */
const inherited = new Set(
  [
    'HOME PATH USER LOGNAME SHELL LANG TZ TMPDIR TEMP TMP',
    'XDG_RUNTIME_DIR XDG_DATA_HOME XDG_CONFIG_HOME XDG_CURRENT_DESKTOP DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY',
    'SystemRoot USERPROFILE APPDATA LOCALAPPDATA USERNAME',
  ].flatMap((line) => line.split(' ')),
);

/** What steers the asking program only, and a bearer token. */
const left = new Set(['AIVAULTD_DISABLE', 'AIVAULTD_AUTOSTART', 'AIVAULTD_SOCKET', 'AIVAULT_TOKEN']);

/**
 * The environment of a host: an allow-list and our own variables. No NODE_OPTIONS, LD_PRELOAD, NODE_EXTRA_CA_CERTS or
 * proxy setting reaches it. The variables that steer the asking program stay behind as well.
 */
export function hostEnvironment(caller: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    if (value === undefined || left.has(name)) continue;
    if (inherited.has(name) || name.startsWith('LC_') || /^AIVAULTD?_/.test(name)) kept[name] = value;
  }
  for (const name of ['AIVAULT_DIR', 'AIVAULT_DEV_CA_CERT_PATH', 'AIVAULTD_SHARED_SOCKET']) {
    const file = kept[name]?.trim();
    // The host works in another folder than the caller does.
    if (file) kept[name] = path.resolve(file);
  }
  kept.HOME ??= os.homedir();
  return kept;
}
