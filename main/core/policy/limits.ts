// Token buckets: one per capability and token, refilled evenly, kept in the host's memory. Pure but for the map: time is
// an argument.

interface Bucket {
  tokens: number;
  atMs: number;
  limit: number;
}

export interface RateLimiter {
  /**
   * Takes one from the bucket `key`. Returns null where that was allowed, else how many whole seconds until it will be.
   * A changed limit starts a fresh bucket; a limit of 0 refuses always.
   */
  take(key: string, perMinute: number, nowMs: number): number | null;
  /** What is left of the bucket `key`, and when it is full again. Takes nothing. */
  look(key: string, perMinute: number, nowMs: number): { readonly remaining: number; readonly fullAtMs: number };
}

/** Buckets older than a minute are full again and need no memory. */
const forgetAfterMs = 60_000;

/** One process, one limiter: what was taken is forgotten when the host ends. */
export function createRateLimiter(): RateLimiter {
  const buckets = new Map<string, Bucket>();
  let sweptAtMs = 0;

  function sweep(nowMs: number): void {
    if (nowMs - sweptAtMs < forgetAfterMs) return;
    sweptAtMs = nowMs;
    for (const [key, bucket] of buckets) if (nowMs - bucket.atMs > forgetAfterMs) buckets.delete(key);
  }

  return {
    take(key, perMinute, nowMs) {
      if (perMinute === 0) return 60;
      sweep(nowMs);
      let bucket = buckets.get(key);
      if (bucket === undefined || bucket.limit !== perMinute) {
        bucket = { tokens: perMinute, atMs: nowMs, limit: perMinute };
        buckets.set(key, bucket);
      }
      // A clock that jumps back refills nothing.
      const elapsedMs = Math.max(0, nowMs - bucket.atMs);
      bucket.tokens = Math.min(perMinute, bucket.tokens + (elapsedMs * perMinute) / 60_000);
      bucket.atMs = nowMs;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return null;
      }
      return Math.max(1, Math.ceil(((1 - bucket.tokens) * 60) / perMinute));
    },

    look(key, perMinute, nowMs) {
      const bucket = buckets.get(key);
      const held = bucket === undefined || bucket.limit !== perMinute ? perMinute : bucket.tokens;
      const missingMs = ((perMinute - held) * 60_000) / perMinute;
      return { remaining: Math.floor(held), fullAtMs: nowMs + Math.ceil(missingMs) };
    },
  };
}

export interface ConcurrencyLimiter {
  /** Takes one place for `key`, or several at once; false where `limit` would be passed. */
  enter(key: string, limit: number, places?: number): boolean;
  leave(key: string, places?: number): void;
}

/** Counts what is open per key. Whoever entered leaves exactly once, with as many places. */
export function createConcurrencyLimiter(): ConcurrencyLimiter {
  const inFlight = new Map<string, number>();
  return {
    enter(key, limit, places = 1) {
      const count = (inFlight.get(key) ?? 0) + places;
      if (count > limit) return false;
      inFlight.set(key, count);
      return true;
    },
    leave(key, places = 1) {
      const count = (inFlight.get(key) ?? 0) - places;
      if (count <= 0) inFlight.delete(key);
      else inFlight.set(key, count);
    },
  };
}
