import { AivaultError } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import { chainLineOf, writeExportFile } from '../audit/export-file.ts';
import { verifyChain } from '../audit/verify.ts';
import type { AuditChain } from '../audit-chain.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { AuditStore } from '../store/store.ts';
import { intactSecret, requireAbsolute, type Services } from './services.ts';

/** Entries that a series counts at a time. */
const seriesPage = 5_000;

type AuditRows = 'audit.list' | 'audit.verify' | 'audit.retire' | 'audit.export' | 'audit.series';

export function auditHandlers(
  services: Services,
  store: AuditStore,
  { witness, retirement }: Pick<AuditChain, 'witness' | 'retirement'>,
): Pick<CoreHandlers, AuditRows> {
  /** Names are sealed in the vault; the log holds ids only. A deleted secret keeps its name in its tombstone. */
  const named = (entry: AuditEntry): AuditEntry => {
    const name = entry.secretId === undefined ? undefined : intactSecret(services.secrets, entry.secretId)?.name;
    return name === undefined ? entry : { ...entry, secretName: name };
  };

  return {
    'audit.list': async (filter) => {
      await services.audit.flush();
      return { entries: (await services.audit.list(filter)).map(named) };
    },

    'audit.verify': async () => verifyChain(store, witness()),

    'audit.retire': async ({ beforeMs, exportPath }, call) => {
      if (beforeMs > services.now()) throw new AivaultError('invalid_request', 'beforeMs: must be in the past.');
      if (exportPath !== undefined) requireAbsolute(exportPath, 'exportPath');
      const retired = await retirement.retire({
        beforeMs,
        actor: call.actorText,
        ...(exportPath === undefined ? {} : { keep: ({ pages }) => writeExportFile(exportPath, pages()) }),
      });
      if (retired === null) return { retired: 0, throughSeq: null, throughTsMs: null, unfinished: false };
      const { entries, throughSeq, throughTsMs, unfinished } = retired;
      call.note({ throughSeq, note: `${entries} entries` });
      return { retired: entries, throughSeq, throughTsMs, unfinished };
    },

    'audit.export': async ({ afterSeq, limit }) => {
      const rows = await services.audit.scan(afterSeq, limit);
      return { lines: rows.map(chainLineOf), nextAfterSeq: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null };
    },

    'audit.series': async ({ fromMs, untilMs, buckets, credential, capability }) => {
      const width = Math.max(1, Math.ceil((untilMs - fromMs) / buckets));
      const counted = Array.from({ length: buckets }, (_, i) => ({
        fromMs: fromMs + i * width,
        allowed: 0,
        refused: 0,
        failed: 0,
      }));
      const narrow = {
        ...(credential === undefined ? {} : { credential }),
        ...(capability === undefined ? {} : { capability }),
      };
      let beforeSeq: number | undefined;
      for (;;) {
        const entries = await services.audit.list({
          limit: seriesPage,
          kind: 'invoke',
          sinceTsMs: fromMs,
          beforeTsMs: untilMs,
          ...narrow,
          ...(beforeSeq === undefined ? {} : { beforeSeq }),
        });
        for (const entry of entries) {
          const bucket = counted[Math.floor((entry.tsMs - fromMs) / width)];
          if (bucket === undefined) continue;
          if (entry.outcome === 'allowed') bucket.allowed += 1;
          else if (entry.outcome === 'refused') bucket.refused += entry.count ?? 1;
          else bucket.failed += 1;
        }
        if (entries.length < seriesPage) break;
        beforeSeq = entries.at(-1)?.seq;
      }
      return { buckets: counted };
    },
  };
}
