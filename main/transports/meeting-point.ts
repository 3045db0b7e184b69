import path from 'node:path';
import type { Environment } from '#contract/environment.ts';

// Where a client and the host of a vault find each other. Pure: who may read the environment passes it in.

export interface Surroundings {
  readonly environment: Environment;
  readonly home: string;
  readonly workingFolder: string;
}

export interface MeetingPoint {
  /** The vault's own folder: database, audit log, lock. */
  readonly vaultFolder: string;
  /** Socket and discovery file; 0700. */
  readonly runFolder: string;
  /** Written by the host when it serves, removed when it closes. */
  readonly discoveryFile: string;
  /** Where a host that was started in the background writes what it has no terminal for. */
  readonly logFile: string;
  /** Everything lives inside the vault folder (`AIVAULT_DIR` was set). */
  readonly contained: boolean;
  /** The folder that keys and state live in: outside the vault unless contained. */
  readonly baseFolder: string;
}

/** Where agents of other users find a host with `--shared`; `AIVAULTD_SHARED_SOCKET` names another place. */
export const usualSharedSocket = '/var/run/aivault/aivaultd.sock';

/** What the host tells whoever looks for it. */
export interface Discovery {
  readonly pid: number;
  readonly socket: string;
  readonly baseUrl: string | null;
  readonly version: string;
}

/**
 * `AIVAULT_DIR` (trimmed, not blank; relative to the working folder) puts everything into that folder, so that a test
 * vault leaves no trace beside it. Otherwise the vault is `~/.aivault/data/vault` and its key lives outside of it.
 */
export function meetingPoint(around: Surroundings): MeetingPoint {
  const chosen = around.environment.AIVAULT_DIR?.trim();
  const contained = chosen !== undefined && chosen !== '';
  const baseFolder = contained ? path.resolve(around.workingFolder, chosen) : path.join(around.home, '.aivault');
  const runFolder = path.join(baseFolder, 'run');
  return {
    vaultFolder: contained ? baseFolder : path.join(baseFolder, 'data', 'vault'),
    runFolder,
    discoveryFile: path.join(runFolder, 'host.json'),
    logFile: path.join(runFolder, 'aivaultd.log'),
    contained,
    baseFolder,
  };
}

/** Reads a discovery file's text; null where it is not one. Never throws: a damaged file means no host is known. */
export function parseDiscovery(text: string): Discovery | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, socket, baseUrl, version } = value as Partial<Discovery>;
    if (typeof pid !== 'number' || typeof socket !== 'string' || typeof version !== 'string') return null;
    return { pid, socket, baseUrl: typeof baseUrl === 'string' ? baseUrl : null, version };
  } catch {
    return null;
  }
}

/** `1`, `true`, `yes`, `on` in any case. */
export function isTruthy(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value?.trim() ?? '');
}
