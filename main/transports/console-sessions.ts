import { createHash, timingSafeEqual } from 'node:crypto';

const codeLifetimeMs = 2 * 60_000;

export interface SessionDeps {
  readonly now: () => number;
  /** 32 random bytes as base64url. */
  readonly randomToken: () => string;
}

/** One-time codes and the sessions they were exchanged for. Only hashes are kept; nothing outlives the process. */
export interface ConsoleSessions {
  /** A code that opens one session within two minutes. */
  mintCode(): string;
  /** The session a code buys; null where it was never given out, is spent or too old. */
  exchange(code: string): string | null;
  knows(session: string): boolean;
  /** When a known session was last seen, or a code last given out. */
  lastSeenMs(): number;
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createSessions({ now, randomToken }: SessionDeps): ConsoleSessions {
  const codes: { hash: Buffer; expiresAtMs: number }[] = [];
  const sessions: Buffer[] = [];
  let seen = now();
  return {
    mintCode() {
      const code = randomToken();
      seen = now();
      codes.push({ hash: hashOf(code), expiresAtMs: now() + codeLifetimeMs });
      return code;
    },
    exchange(code) {
      const hash = hashOf(code);
      const at = codes.findIndex((each) => timingSafeEqual(each.hash, hash));
      if (at === -1) return null;
      const [found] = codes.splice(at, 1);
      if (found === undefined || found.expiresAtMs < now()) return null;
      const session = randomToken();
      sessions.push(hashOf(session));
      seen = now();
      return session;
    },
    knows(session) {
      const hash = hashOf(session);
      const known = sessions.some((each) => timingSafeEqual(each, hash));
      if (known) seen = now();
      return known;
    },
    lastSeenMs: () => seen,
  };
}
