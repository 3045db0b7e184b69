import type { MenuItemConstructorOptions } from 'electron';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';

/** What the tray can say and do; everything it shows comes from three operations. */
export interface TrayFacts {
  readonly status: VaultStatus | null;
  readonly lastCalls: readonly AuditEntry[];
  /** How many requests wait for a person. */
  readonly waiting: number;
  readonly hosting: boolean;
}
export interface TrayActs {
  lock(): void;
  unlock(): void;
  /** Shows the requests that wait. */
  answer(): void;
  setPaused(paused: boolean): void;
  openWindow(): void;
  takeOver(): void;
  quit(): void;
}

export type TrayState = 'locked' | 'unlocked' | 'attention';

export function trayState(facts: TrayFacts): TrayState {
  return facts.waiting > 0 ? 'attention' : vaultState(facts);
}

function vaultState({ status }: TrayFacts): TrayState {
  if (status === null || status.state === 'degraded' || status.state === 'rolled_back' || status.damaged.length > 0)
    return 'attention';
  return status.state === 'unlocked' ? 'unlocked' : 'locked';
}

const stateWords: Readonly<Record<TrayState, string>> = {
  locked: 'Locked',
  unlocked: 'Unlocked',
  attention: 'Needs attention',
};

/** The state as a person would say it. */
function stateText(facts: TrayFacts): string {
  return facts.status?.state === 'missing' ? 'No vault yet' : stateWords[vaultState(facts)];
}

export function trayTooltip(facts: TrayFacts): string {
  return `aivault: ${facts.waiting > 0 ? waitingText(facts) : stateText(facts).toLowerCase()}`;
}

function waitingText({ waiting }: TrayFacts): string {
  return waiting === 1 ? '1 request waits for you' : `${waiting} requests wait for you`;
}

/** The menu, top to bottom as the design shows it. */
export function trayMenu(facts: TrayFacts, acts: TrayActs): MenuItemConstructorOptions[] {
  const { status, lastCalls, hosting } = facts;
  const open = status?.state === 'unlocked' || status?.state === 'degraded';
  const paused = status?.endpoint?.paused === true;
  const address = status?.endpoint?.baseUrl.replace('http://', '') ?? 'not listening';
  return [
    { label: `${stateText(facts)}  ·  ${paused ? 'endpoint paused' : address}`, enabled: false },
    ...(facts.waiting > 0 ? [{ label: `${waitingText(facts)}…`, click: acts.answer }] : []),
    { type: 'separator' },
    open
      ? { label: 'Lock now', accelerator: 'Alt+CommandOrControl+L', registerAccelerator: false, click: acts.lock }
      : {
          label: status?.state === 'missing' ? 'Create a vault…' : 'Unlock…',
          click: status?.state === 'missing' ? acts.openWindow : acts.unlock,
        },
    {
      label: paused ? 'Resume endpoint' : 'Pause endpoint',
      // Locked, the host takes no orders about it, and refuses every call as it is.
      enabled: open && status.endpoint !== null,
      click: () => acts.setPaused(!paused),
    },
    ...(open && lastCalls.length > 0
      ? ([
          { type: 'separator' },
          { label: 'Last calls', enabled: false },
          ...lastCalls.map((entry) => ({ label: callLine(entry), click: acts.openWindow })),
        ] satisfies MenuItemConstructorOptions[])
      : []),
    { type: 'separator' },
    ...(hosting ? [] : [{ label: 'Take over from aivaultd', click: acts.takeOver }]),
    { label: 'Open aivault', click: acts.openWindow },
    { label: 'Quit', click: acts.quit },
  ];
}

function callLine(entry: AuditEntry): string {
  const outcome = entry.outcome === 'refused' ? 'refused' : String(entry.status ?? entry.outcome);
  return `${entry.capability ?? entry.kind}   ${outcome}`;
}
