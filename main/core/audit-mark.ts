import { z } from 'zod';
import { toHex } from './crypto/bytes.ts';
import type { AuditStore } from './store/store.ts';
import type { Vault } from './vault/ports.ts';
import type { TableSpec } from './vault/sealed.ts';

/** A place of the chain, and what it has to be there. */
export interface AuditMark {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

export interface AuditMarks {
  /** Null where there is none yet, while the vault is not open, and where the row does not open: then the vault names it. */
  current(): AuditMark | null;
  /**
   * Remembers how far the chain has come, one call behind. Call now and then while the vault is open; never
   * rejects. Not before a lock, which waits for nothing.
   */
  advance(): Promise<void>;
  /** The log is another one: what was remembered of the last is dropped. */
  forget(): Promise<void>;
}

export const auditMarkTable: TableSpec<AuditMark> = {
  name: 'audit-marks',
  parse: (value) => z.strictObject({ seq: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) }).parse(value),
};
const id = 'newest';

/**
 * Where the chain had come to lies in the vault too. Checkpoints are rows of the log and the anchor is a file: who can
 * write both can take them away or make them fit. A sealed row they cannot, unless they put the whole vault back.
 */
export function createAuditMarks(store: AuditStore, vault: Vault): AuditMarks {
  /** What was there at the last call: on the disk for good by now, also where the power is cut. */
  let reached: AuditMark | null = null;
  const state = () => (vault.brief().open ? vault.table(auditMarkTable).state(id) : 'damaged');
  const current = (): AuditMark | null =>
    state() === 'present' ? (vault.table(auditMarkTable).get(id) ?? null) : null;

  /** A log that does not hold what is remembered keeps the mark that says so. */
  const holds = async ({ seq, hash }: AuditMark): Promise<boolean> => {
    const base = await store.readBase();
    if (base !== null && base.seq >= seq) return base.seq > seq || toHex(base.hash) === hash;
    const [row] = await store.scan(seq - 1, 1);
    return row !== undefined && row.seq === seq && toHex(row.hash) === hash;
  };

  async function advance(): Promise<void> {
    const before = reached;
    const head = await store.head();
    reached = head.seq === 0 ? null : { seq: head.seq, hash: toHex(head.hash) };
    if (before === null || state() === 'damaged') return;
    const known = current();
    if (known !== null && (known.seq >= before.seq || !(await holds(known)))) return;
    if (vault.brief().open) await vault.change((tx) => tx.put(auditMarkTable, id, before));
  }

  return {
    current,
    advance: () => advance().catch(() => undefined),
    async forget() {
      reached = null;
      await vault.change((tx) => tx.remove(auditMarkTable, id));
    },
  };
}
