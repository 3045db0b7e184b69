import { existsSync, lstatSync, readFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Environment } from '#contract/environment.ts';
import { AivaultError } from '#contract/errors.ts';
import { createHostClient, type HostClient, type HostConnection } from './host-client.ts';
import {
  type Discovery,
  isTruthy,
  type MeetingPoint,
  meetingPoint,
  parseDiscovery,
  usualSharedSocket,
} from './meeting-point.ts';
import { http } from './quick-http.ts';
import { checkSocket } from './socket-owner.ts';

export type { HostClient } from './host-client.ts';

// How a program that is not a host reaches the one that owns the vault. Runs on Node 20 and is on the path of every
// command: what is only needed to start a host is loaded only then.

export interface FindOptions {
  /** Defaults to the process environment. */
  readonly environment?: Environment;
  /** How long to wait for a host that starts, or for one that is just closing. 30 s. */
  readonly patienceMs?: number;
}

/** The host that runs now, or null. Never starts one. Throws `host_unreachable` where its socket cannot be trusted. */
export async function findHost(options: FindOptions = {}): Promise<HostClient | null> {
  const environment = options.environment ?? process.env;
  const connection = await connect(socketOf(environment));
  return connection === null ? null : createHostClient(connection);
}

/**
 * The host of this vault: the running one, else one that is started now (`AIVAULTD_AUTOSTART=0` forbids it), else, with
 * `AIVAULTD_DISABLE=1`, a private one that ends with `close`. Only connecting is ever repeated, never a question (G5).
 * Throws what kept the host from starting, `host_busy` or `host_unreachable`.
 */
export async function connectHost(options: FindOptions = {}): Promise<HostClient> {
  const environment = options.environment ?? process.env;
  const deadline = Date.now() + (options.patienceMs ?? 30_000);
  if (isTruthy(environment.AIVAULTD_DISABLE)) return createHostClient(await privateHost(environment, deadline));
  const shared = sharedSocketOf(environment);
  if (shared !== null) return (await import('./shared-host.ts')).connectSharedHost(shared, environment);
  for (let pauseMs = 0; ; pauseMs = longerPause(pauseMs)) {
    const connection = await connectWithin(environment, pauseMs);
    if (connection !== null) return createHostClient(connection);
    try {
      await start(environment);
    } catch (error) {
      // Somebody else is starting or closing a host of this vault: it will answer, or the lock will be free.
      if (!mayPass(error, deadline) || (await servesElsewhere(environment))) throw error;
    }
  }
}

/** A host for this question alone. While another question has one, it waits; a host that stays is `host_busy` at once. */
async function privateHost(environment: Environment, deadline: number): Promise<HostConnection> {
  const { startPrivateHost } = await import('./private-host.ts');
  for (let pauseMs = 100; ; pauseMs = longerPause(pauseMs)) {
    try {
      return await startPrivateHost(environment, pointOf(environment));
    } catch (error) {
      if (!mayPass(error, deadline) || (await answers(socketOf(environment)))) throw error;
    }
    // Those that wait for the same one come back at different moments, or they would stand in each other's way again.
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
  }
}

function mayPass(error: unknown, deadline: number): boolean {
  return error instanceof AivaultError && error.code === 'host_busy' && Date.now() < deadline;
}

function longerPause(pauseMs: number): number {
  return Math.min(100 + pauseMs * 2, 1_000);
}

async function answers(socket: string | null): Promise<boolean> {
  const connection = await connect(socket);
  await connection?.close();
  return connection !== null;
}

async function start(environment: Environment): Promise<void> {
  if (environment.AIVAULTD_AUTOSTART !== undefined && !isTruthy(environment.AIVAULTD_AUTOSTART)) {
    throw new AivaultError('host_unreachable', 'No host runs for this vault, and starting one is switched off.', {
      hint: 'Run `aivaultd`, or unset AIVAULTD_AUTOSTART.',
    });
  }
  await (await import('./start-host.ts')).startHost(environment, pointOf(environment));
}

/** Looks for the host at least once, and again until the time is up. */
async function connectWithin(environment: Environment, patienceMs: number): Promise<HostConnection | null> {
  for (const until = Date.now() + patienceMs; ; ) {
    const connection = await connect(socketOf(environment));
    if (connection !== null || Date.now() >= until) return connection;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The vault's host is well and listens at another socket than the one that was named: waiting would not help. */
async function servesElsewhere(environment: Environment): Promise<boolean> {
  const { AIVAULTD_SOCKET: named, ...unnamed } = environment;
  const usual = socketOf(unnamed);
  if (!named?.trim() || usual === null || usual === path.resolve(named.trim())) return false;
  return answers(usual);
}

function pointOf(environment: Environment): MeetingPoint {
  return meetingPoint({ environment, home: os.homedir(), workingFolder: process.cwd() });
}

/** `AIVAULTD_SOCKET` wins; else the running host says where it listens. Null: no host has said anything. */
function socketOf(environment: Environment): string | null {
  const named = environment.AIVAULTD_SOCKET?.trim();
  if (named) return named;
  return readDiscovery(pointOf(environment))?.socket ?? null;
}

function readDiscovery(point: MeetingPoint): Discovery | null {
  try {
    return parseDiscovery(readFileSync(point.discoveryFile, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * The group socket of another user's host, where that is what this user has: named in `AIVAULTD_SOCKET`, or set up on
 * this machine while we neither chose nor have a vault of our own. Its folder belonging to somebody else decides it.
 */
function sharedSocketOf(environment: Environment): string | null {
  const self = process.getuid?.();
  if (self === undefined || self === 0) return null;
  const elsewhere = environment.AIVAULTD_SHARED_SOCKET?.trim();
  const named = environment.AIVAULTD_SOCKET?.trim();
  const found = named || elsewhere || usualSharedSocket;
  if (!named && !elsewhere && environment.AIVAULT_DIR?.trim()) return null;
  const folder = lstatSync(path.dirname(found), { throwIfNoEntry: false });
  if (folder === undefined || folder.uid === self) return null;
  return !named && existsSync(path.join(pointOf(environment).vaultFolder, 'vault.db')) ? null : found;
}

/** Null where nothing listens. The connection made here carries the first question, so it is never made twice. */
async function connect(socket: string | null): Promise<HostConnection | null> {
  if (socket === null || !checkSocket(socket)) return null;
  const first = await open(socket);
  if (first === null) return null;
  const agent = new http.Agent({ keepAlive: true });
  let ready: net.Socket | null = first;
  agent.createConnection = (() => {
    const connection = ready ?? net.connect(socket);
    ready = null;
    return connection;
  }) as typeof agent.createConnection;
  const close = async () => {
    ready?.destroy();
    agent.destroy();
  };
  return { agent, single: false, close };
}

function open(socket: string): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    connection.once('connect', () => {
      connection.off('error', refused);
      resolve(connection);
    });
    const refused = () => resolve(null);
    connection.once('error', refused);
  });
}
