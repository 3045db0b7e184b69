import type { AuditEntry } from '#contract/schemas/audit.ts';
import { stageNames } from '#contract/stage-names.ts';

// A host double at the Call seam for one measurement: a vault whose audit log holds a given number of entries. A real
// log of that length takes longer to write than the whole bench; what is measured is the list that shows it.

function entry(seq: number, newestMs: number, total: number): AuditEntry {
  const refused = seq % 17 === 0;
  return {
    seq,
    tsMs: newestMs - (total - seq) * 800,
    kind: 'invoke',
    actor: `agent:tok_${(seq % 9).toString(16).padStart(16, '0')}`,
    outcome: refused ? 'refused' : 'allowed',
    ...(refused ? { code: 'policy_violation' } : { status: 200 }),
    capability: ['openai/chat-completions', 'github/pull-requests', 'stripe/charges'][seq % 3]!,
    method: 'POST',
    path: `/v1/thing/${seq}`,
    tookMs: (seq % 400) + 0.5,
    trace: stageNames.map((stage) => ({ stage, tookMs: 0.1, outcome: 'passed' })),
  };
}

/** What the window asks, answered from nothing but arithmetic. */
export function answerFromEntries(total: number, nowMs: number): (name: string, input: unknown) => unknown {
  const status = {
    state: 'unlocked',
    keyProvider: 'file',
    fingerprint: '0'.repeat(64),
    endpoint: { baseUrl: 'http://127.0.0.1:19790' },
    development: false,
    version: '0.1.0',
    paths: { vault: '/', database: '/', audit: '/', key: null, socket: null },
    warnings: [],
    trouble: null,
    damaged: [],
    counts: { secrets: 0, credentials: 0, capabilitiesReady: 0, tokens: 0 },
    locksAtMs: null,
    pid: 1,
    desktop: true,
    window: { appearance: 'light', launchAtLogin: false, globalShortcut: null },
  };
  return (name, input) => {
    const asked = input as { limit?: number; beforeSeq?: number; buckets?: number; fromMs?: number };
    if (name === 'vault.status') return status;
    if (name === 'settings.show')
      return {
        idleLockMinutes: null,
        endpointPort: null,
        launchAtLogin: false,
        appearance: 'light',
        globalShortcut: null,
      };
    if (name === 'audit.verify') return { intact: true, entries: total, break: null, base: null };
    if (name === 'audit.series')
      return {
        buckets: Array.from({ length: asked.buckets ?? 1 }, (_, at) => ({
          fromMs: (asked.fromMs ?? 0) + at,
          allowed: at % 40,
          refused: at % 9 === 0 ? 3 : 0,
          failed: 0,
        })),
      };
    if (name === 'audit.list') {
      const from = (asked.beforeSeq ?? total + 1) - 1;
      return {
        entries: Array.from({ length: Math.min(asked.limit ?? 200, from) }, (_, at) => entry(from - at, nowMs, total)),
      };
    }
    const empty: Readonly<Record<string, unknown>> = {
      'secrets.list': { secrets: [] },
      'tokens.list': { tokens: [] },
      'credentials.list': { credentials: [] },
      'capabilities.list': { capabilities: [] },
      'providers.list': { providers: [] },
      'registry.review': { changes: [] },
    };
    return empty[name] ?? {};
  };
}
