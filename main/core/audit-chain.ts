import { setTimeout } from 'node:timers/promises';
import { createBaseSeal } from './audit/base-seal.ts';
import { type Checkpoints, createCheckpoints } from './audit/checkpoints.ts';
import type { AuditLog } from './audit/log.ts';
import { createRetention } from './audit/retention.ts';
import { createRetirement, type Retirement } from './audit/retire.ts';
import type { ChainWitness } from './audit/verify.ts';
import { type AuditMarks, createAuditMarks } from './audit-mark.ts';
import type { AuditStore } from './store/store.ts';
import type { Vault } from './vault/ports.ts';

/** What vouches for the audit chain with keys of the vault, and what ends its oldest part. */
export interface AuditChain {
  readonly checkpoints: Checkpoints;
  readonly witness: () => ChainWitness;
  readonly retirement: Retirement;
  readonly marks: AuditMarks;
  /** Once a minute while the vault is open: seals what was written, and retires what is older than the setting says. */
  readonly beat: () => Promise<void>;
}

export interface AuditChainDeps {
  readonly store: AuditStore;
  readonly audit: AuditLog;
  readonly vault: Vault;
  readonly now: () => number;
  readonly appended: () => void;
  /** Days an entry is kept; null: for ever, and while the vault is not open. */
  readonly keepDays: () => number | null;
}

/** Between two batches of rows that go, others write. */
const pauseMs = 5;

export function createAuditChain({ store, audit, vault, now, appended, keepDays }: AuditChainDeps): AuditChain {
  const checkpoints = createCheckpoints(store, () => vault.subkey('audit.checkpoint'));
  const marks = createAuditMarks(store, vault);
  const seal = createBaseSeal(() => vault.subkey('audit.base'));
  const witness = (): ChainWitness => {
    const known = vault.anchorAtOpen();
    const anchor = known === null || known.auditSeq === 0 ? null : { seq: known.auditSeq, hash: known.auditHash };
    return { mac: checkpoints.mac, baseMac: seal, anchor, mark: marks.current() };
  };
  const retirement = createRetirement({
    store,
    seal,
    witness,
    now,
    isOpen: () => vault.brief().open,
    async moved() {
      appended();
      await checkpoints.write();
      await vault.flushAnchor();
    },
    pause: () => setTimeout(pauseMs),
  });
  const retain = createRetention({ store, audit, retirement, now, keepDays });
  return {
    checkpoints,
    marks,
    witness,
    retirement,
    async beat() {
      await checkpoints.write().catch(() => undefined);
      await marks.advance();
      await retain();
    },
  };
}
