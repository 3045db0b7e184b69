import { AivaultError } from '#contract/errors.ts';
import type { AuditStore } from '../store/store.ts';
import type { AuditLog } from './log.ts';
import type { Retirement } from './retire.ts';

export interface RetentionDeps {
  readonly store: Pick<AuditStore, 'readBase' | 'scan'>;
  readonly audit: Pick<AuditLog, 'write'>;
  readonly retirement: Pick<Retirement, 'retire'>;
  readonly now: () => number;
  /** Days an entry is kept; null: for ever, and while the vault is not open. */
  readonly keepDays: () => number | null;
}

const dayMs = 86_400_000;

/**
 * Retires what is older than the setting says, once a day, by itself. Call the answer now and then; it never rejects. What
 * could not be retired is in the log as refused, and tried again a day later.
 */
export function createRetention({ store, audit, retirement, now, keepDays }: RetentionDeps): () => Promise<void> {
  let triedAtMs: number | null = null;
  let busy = false;
  const isRecent = (atMs: number | null): boolean => atMs !== null && atMs <= now() && now() - atMs < dayMs;

  const look = async (): Promise<void> => {
    const days = keepDays();
    if (days === null || isRecent(triedAtMs)) return;
    const base = await store.readBase();
    if (isRecent(base?.retiredAtMs ?? null)) return;
    const beforeMs = now() - days * dayMs;
    // Most days it ends here: the chain is only checked where something has become old enough.
    const [oldest] = await store.scan(base?.seq ?? 0, 1);
    if (oldest === undefined || oldest.tsMs >= beforeMs) return;
    triedAtMs = now();
    const facts = { kind: 'audit.retire', actor: 'host' } as const;
    try {
      const retired = await retirement.retire({ beforeMs, actor: 'host' });
      if (retired === null) return;
      const { throughSeq, entries } = retired;
      await audit.write({ ...facts, outcome: 'done', throughSeq, note: `${entries} entries older than ${days} days` });
    } catch (error) {
      const code = error instanceof AivaultError ? error.code : 'internal';
      await audit.write({ ...facts, outcome: 'refused', code });
    }
  };

  return async () => {
    if (busy) return;
    busy = true;
    // A log that cannot be read or written has told whoever asked; the next beat tries again.
    await look().catch(() => undefined);
    busy = false;
  };
}
