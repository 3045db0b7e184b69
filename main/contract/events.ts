import type { OperationName } from './operations.ts';

// What a host announces, and which answers each announcement makes stale. A listener refetches those; no event carries
// data that would have to be kept in step.

export const staleBy = {
  'vault.changed': [
    'vault.status',
    'secrets.list',
    'credentials.list',
    'capabilities.list',
    'tokens.list',
    'audit.list',
  ],
  'secrets.changed': ['vault.status', 'secrets.list', 'credentials.list', 'capabilities.list', 'capabilities.describe'],
  'credentials.changed': ['vault.status', 'credentials.list', 'capabilities.list', 'capabilities.describe'],
  'capabilities.changed': [
    'vault.status',
    'capabilities.list',
    'capabilities.describe',
    'policies.show',
    'bindings.list',
    'registry.review',
    'tokens.explain',
  ],
  'tokens.changed': ['vault.status', 'tokens.list', 'tokens.explain'],
  'approvals.changed': ['approvals.list'],
  'paths.changed': ['paths.list', 'paths.describe', 'paths.versions'],
  'audit.appended': ['audit.list', 'audit.series'],
  'usage.changed': ['secrets.list', 'tokens.list'],
  'endpoint.changed': ['vault.status'],
  'settings.changed': ['settings.show', 'vault.status'],
} as const satisfies Record<string, readonly OperationName[]>;

export type EventName = keyof typeof staleBy;
export interface HostEvent {
  readonly event: EventName;
  readonly atMs: number;
}
export type Announce = (event: EventName) => void;
