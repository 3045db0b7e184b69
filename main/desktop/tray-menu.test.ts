import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { type TrayActs, type TrayFacts, trayMenu, trayState, trayTooltip } from './tray-menu.ts';

const unlocked = {
  state: 'unlocked',
  damaged: [],
  endpoint: { baseUrl: 'http://127.0.0.1:19790', paused: false },
} as unknown as VaultStatus;
const facts = (status: Partial<VaultStatus> | null, rest: Partial<TrayFacts> = {}): TrayFacts => ({
  status: status === null ? null : { ...unlocked, ...status },
  lastCalls: [],
  waiting: 0,
  hosting: true,
  ...rest,
});
const call = (entry: Partial<AuditEntry>) => ({ kind: 'invoke', ...entry }) as AuditEntry;

/** Which act each label of the menu leads to. */
function actsOf(given: TrayFacts): Record<string, string> {
  let done = '';
  const acts = new Proxy({} as TrayActs, {
    get: (_, name) => (word?: unknown) => (done = `${String(name)} ${word ?? ''}`.trim()),
  });
  return Object.fromEntries(
    trayMenu(given, acts).flatMap(({ label, click }) => {
      if (label === undefined) return [];
      done = '-';
      (click as (() => void) | undefined)?.();
      return [[label, done]];
    }),
  );
}

test('unlocked: lock, pause, the last calls with their outcomes, open and quit', () => {
  const lastCalls = [
    call({ capability: 'openai/chat-completions', outcome: 'allowed', status: 200 }),
    call({ capability: 'stripe/charges', outcome: 'refused', code: 'policy_violation' }),
  ];
  assert.deepEqual(actsOf(facts({}, { lastCalls })), {
    'Unlocked  ·  127.0.0.1:19790': '-',
    'Lock now': 'lock',
    'Pause endpoint': 'setPaused true',
    'Last calls': '-',
    'openai/chat-completions   200': 'openWindow',
    'stripe/charges   refused': 'openWindow',
    'Open aivault': 'openWindow',
    Quit: 'quit',
  });
});

test('locked: it unlocks, and shows no call of the vault', () => {
  const lastCalls = [call({ capability: 'stripe/charges', outcome: 'allowed', status: 200 })];
  assert.deepEqual(actsOf(facts({ state: 'locked' }, { lastCalls, hosting: false })), {
    'Locked  ·  127.0.0.1:19790': '-',
    'Unlock…': 'unlock',
    'Pause endpoint': 'setPaused true',
    'Take over from aivaultd': 'takeOver',
    'Open aivault': 'openWindow',
    Quit: 'quit',
  });
});

test('the endpoint can be paused where the host would do it: an open vault, and an endpoint', () => {
  const enabled = (status: Partial<VaultStatus> | null) =>
    trayMenu(facts(status), {} as TrayActs).find(({ label }) => label?.endsWith(' endpoint'))?.enabled;
  assert.equal(enabled({}), true);
  assert.equal(enabled({ state: 'degraded' }), true);
  for (const state of ['locked', 'rolled_back', 'missing'] as const) assert.equal(enabled({ state }), false, state);
  assert.equal(enabled({ endpoint: null }), false);
  assert.equal(enabled(null), false);
});

test('attention is asked for where rows do not open, the vault is an older copy, or no host answers', () => {
  const damaged = [{ table: 'secrets', id: '1', reason: 'x' }] as unknown as VaultStatus['damaged'];
  const cases: readonly [TrayFacts, string][] = [
    [facts({ state: 'degraded' }), 'attention'],
    [facts({ state: 'rolled_back' }), 'attention'],
    [facts({ damaged }), 'attention'],
    [facts(null), 'attention'],
    [facts({ state: 'locked' }), 'locked'],
    [facts({ state: 'missing' }), 'locked'],
    [facts({}), 'unlocked'],
  ];
  for (const [given, state] of cases) assert.equal(trayState(given), state);
  assert.equal(trayTooltip(facts({ state: 'degraded' })), 'aivault: needs attention');
  assert.equal(actsOf(facts({ state: 'missing' }))['Create a vault…'], 'openWindow');
});

test('requests that wait ask for attention and can be answered from the menu', () => {
  assert.equal(trayState(facts({}, { waiting: 1 })), 'attention');
  assert.equal(trayTooltip(facts({}, { waiting: 1 })), 'aivault: 1 request waits for you');
  const [state, line] = Object.entries(actsOf(facts({}, { waiting: 2 })));
  assert.deepEqual(state, ['Unlocked  ·  127.0.0.1:19790', '-']);
  assert.deepEqual(line, ['2 requests wait for you…', 'answer']);
});
