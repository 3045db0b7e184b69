import { type EventName, staleBy } from '#contract/events.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import type { Settings } from '#contract/schemas/host.ts';
import type { HostLink } from './host-link.ts';
import type { TrayFacts } from './tray-menu.ts';

// What the tray and the preferences need to know, refetched when an event says it is stale: the same stream and the
// same table the window lives from.

export interface ShellStateDeps {
  onFacts(facts: TrayFacts): void;
  onWaiting(requests: readonly ApprovalRequest[]): void;
  /** Null while the vault is not open: then nothing has to be locked either. */
  onSettings(settings: Settings | null): void;
}

export interface ShellState {
  /** Says that something was announced. Bursts are served by one refetch. */
  changed(event: EventName): void;
  refresh(): Promise<void>;
}

const settleMs = 100;
const callsShown = 3;

export function createShellState(link: HostLink, deps: ShellStateDeps): ShellState {
  let timer: NodeJS.Timeout | undefined;
  const refresh = async (): Promise<void> => {
    timer = undefined;
    const status = await link.ask('vault.status', {});
    const open = status.ok && (status.value.state === 'unlocked' || status.value.state === 'degraded');
    const calls = open ? await link.ask('audit.list', { limit: callsShown, kind: 'invoke' }) : null;
    const approvals = open ? await link.ask('approvals.list', {}) : null;
    const waiting = approvals?.ok === true ? approvals.value.waiting : [];
    deps.onFacts({
      status: status.ok ? status.value : null,
      lastCalls: calls?.ok === true ? calls.value.entries : [],
      waiting: waiting.length,
      hosting: link.hosting(),
    });
    deps.onWaiting(waiting);
    const settings = open ? await link.ask('settings.show', {}) : null;
    deps.onSettings(settings?.ok === true ? settings.value : null);
  };
  const concerns = new Set(['vault.status', 'audit.list', 'settings.show', 'approvals.list']);
  return {
    changed(event) {
      if (timer !== undefined || !staleBy[event].some((name) => concerns.has(name))) return;
      timer = setTimeout(() => void refresh(), settleMs);
    },
    refresh,
  };
}
