import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

// Anybody of this machine can connect, and a connection that says nothing, or a byte now and then, costs them nothing.
// Where there are as many as there may be, the one that has waited longest without showing a good token makes room.

export interface Room {
  /** A server has at most so many connections from here on. */
  of(server: Server): void;
  /** This connection carries a request that is being looked at: it makes room for nobody. */
  admit(connection: Duplex): void;
  /** What it carried showed no good token. */
  doubt(connection: Duplex): void;
}

/** Connections that made room are gone a turn later: so many may be too many until then. */
const goingAtMost = 512;

export function createRoom(most: number): Room {
  /** Who has shown no token yet, longest first. */
  const strangers = new Set<Duplex>();
  /** So many may come in even where everybody else has a token; they do not push each other out. */
  const spared = most / 32;
  let open = 0;

  function makeRoom(): void {
    const [longest] = strangers;
    if (longest === undefined || strangers.size <= spared) return;
    strangers.delete(longest);
    longest.destroy();
  }

  return {
    of(server) {
      server.maxConnections = most + goingAtMost;
      server.on('connection', (connection: Duplex) => {
        open += 1;
        if (open > most) makeRoom();
        strangers.add(connection);
        connection.once('close', () => {
          open -= 1;
          strangers.delete(connection);
        });
      });
    },
    admit: (connection) => void strangers.delete(connection),
    doubt(connection) {
      if (!connection.destroyed) strangers.add(connection);
    },
  };
}
