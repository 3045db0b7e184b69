import { chownSync, lstatSync } from 'node:fs';

import path from 'node:path';
import { AivaultError } from '#contract/errors.ts';
import { type AgentPlane, createAgentPlane } from './agent-plane.ts';
import { closeServer } from './close-server.ts';
import { http } from './quick-http.ts';
import { createRoom } from './room-for-callers.ts';
import { listenPrivately } from './socket-file.ts';

export interface SharedSocket {
  readonly path: string;
  close(graceMs: number): Promise<void>;
}

/**
 * The agent plane for a group: a 0660 socket in a folder that only root and this user may write to and only the group
 * may enter (`aivault setup agent-access` makes it). Bearer tokens only, as on the loopback port; the operator plane has
 * no route here. Throws `host_unreachable` where the folder is missing or open to others.
 */
export async function openSharedSocket(file: string, plane: AgentPlane): Promise<SharedSocket> {
  const folder = path.dirname(file);
  checkSharedFolder(folder);
  const room = createRoom(256);
  const route = createAgentPlane(plane, room);
  const server = http.createServer({
    requireHostHeader: false,
    maxHeaderSize: 64 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 0,
  });
  room.of(server);
  server.on('request', (request, response) => route.take(request, response, request.url ?? ''));
  const removeSocket = await listenPrivately(server, file, { socket: 0o660, folder: checkSharedFolder });
  // The folder's set-gid bit hands its group on (Linux); elsewhere it has to be said.
  const { gid } = lstatSync(folder);
  if (lstatSync(file).gid !== gid) chownSync(file, process.getuid?.() ?? 0, gid);
  return {
    path: file,
    close: async (graceMs) => {
      removeSocket();
      await closeServer(server, graceMs);
    },
  };
}

function checkSharedFolder(folder: string): void {
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  const hint = 'Run `sudo aivault setup agent-access` to make it again.';
  if (entry === undefined)
    throw new AivaultError('host_unreachable', 'The folder of the shared socket is missing.', { hint });
  const self = process.getuid?.();
  if (!entry.isDirectory() || (self !== undefined && entry.uid !== self)) {
    throw new AivaultError('host_unreachable', 'The folder of the shared socket does not belong to this user.', {
      hint,
    });
  }
  if ((entry.mode & 0o027) !== 0) {
    throw new AivaultError('host_unreachable', 'The folder of the shared socket is open to others.', { hint });
  }
}
