import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';
import { type MeetingPoint, meetingPoint, type Surroundings, usualSharedSocket } from '#transports/meeting-point.ts';

// Where a host finds its vault and where it listens. Besides the entry files and find-host, the only reader of the
// environment.

/** The first port of the endpoint, unless the vault is contained in a folder of its own. */
const defaultPort = 19790;
/** What fits into sun_path on Linux, without the closing zero. */
export const longestSocketPath = 107;

export interface HostPaths extends MeetingPoint {
  readonly database: string;
  readonly audit: string;
  readonly lockFile: string;
  readonly defaultKeyFile: string;
  /** Anchors against rollback and settings; outside the vault folder unless contained. */
  readonly stateFolder: string;
  readonly socket: string;
  /** The group socket for agents of other users, made only with `--shared`. */
  readonly sharedSocket: string;
  /** What AIVAULT_PORT says; null where it says nothing. 0 = any free one. */
  readonly chosenPort: number | null;
  /** The port where neither AIVAULT_PORT nor the settings name one. 0 = any free one. */
  readonly usualPort: number;
  readonly environment: Environment;
}

/** Throws `invalid_request` for an `AIVAULT_PORT` that is not a port. */
export function hostPaths(around: Surroundings & { readonly uid: number; readonly socket?: string }): HostPaths {
  const point = meetingPoint(around);
  return {
    ...point,
    database: path.join(point.vaultFolder, 'vault.db'),
    audit: path.join(point.vaultFolder, 'audit.db'),
    lockFile: path.join(point.vaultFolder, 'host.lock'),
    defaultKeyFile: path.join(point.baseFolder, 'keys', 'kek.key'),
    stateFolder: path.join(point.baseFolder, 'state'),
    socket: around.socket ?? controlSocketPath(point, around),
    sharedSocket: around.environment.AIVAULTD_SHARED_SOCKET?.trim() || usualSharedSocket,
    chosenPort: portOf(around.environment.AIVAULT_PORT),
    usualPort: point.contained ? 0 : defaultPort,
    environment: around.environment,
  };
}

/** The paths of this process's own surroundings. */
export function ownPaths(socket?: string): HostPaths {
  return hostPaths({
    environment: process.env,
    home: os.homedir(),
    workingFolder: process.cwd(),
    uid: process.getuid?.() ?? 0,
    ...(socket === undefined ? {} : { socket: path.resolve(socket) }),
  });
}

/**
 * `<run folder>/aivaultd.sock`; where that is too long for a socket address, a folder under XDG_RUNTIME_DIR (else the
 * temporary folder) that is named after the vault. Clients need not know: the discovery file says where.
 */
function controlSocketPath(point: MeetingPoint, around: Surroundings & { readonly uid: number }): string {
  const name = createHash('sha256').update(point.vaultFolder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\aivault-${name}`;
  const usual = path.join(point.runFolder, 'aivaultd.sock');
  if (Buffer.byteLength(usual) <= longestSocketPath) return usual;
  const runtime = around.environment.XDG_RUNTIME_DIR?.trim() || os.tmpdir();
  return path.join(runtime, `aivault-${around.uid}-${name}`, 'aivaultd.sock');
}

function portOf(chosen: string | undefined): number | null {
  const text = chosen?.trim() ?? '';
  if (text === '') return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new AivaultError('invalid_request', 'AIVAULT_PORT is not a port number.', {
    hint: 'Use a number from 1 to 65535, or 0 for any free one.',
  });
}
