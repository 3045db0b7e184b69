import { z } from 'zod';
import { operation } from '../operation.ts';
import { auditKeepDays, doctorCheck, settings, upstreamProxy } from '../schemas/host.ts';
import { vaultStatus } from '../schemas/vault.ts';

const none = z.strictObject({});

export const hostOperations = {
  'host.doctor': operation({
    summary: 'Check permissions, key custody, endpoint, clock and hooks, and say what to do.',
    input: none,
    output: z.strictObject({ checks: z.array(doctorCheck) }),
    access: 'operator',
    vault: 'unless-locked',
    effect: 'read',
  }),
  'host.shutdown': operation({
    summary: 'Finish running calls and stop the host.',
    input: z.strictObject({ graceMs: z.int().min(0).max(10_000).default(2_000) }),
    output: z.strictObject({ stopping: z.literal(true), pid: z.int() }),
    access: 'operator',
    vault: 'any',
    effect: 'write',
  }),
  'endpoint.setPaused': operation({
    summary: 'Pause or resume the local endpoint; paused, every call is refused.',
    input: z.strictObject({ paused: z.boolean() }),
    output: vaultStatus,
    access: 'operator',
    vault: 'unless-locked',
    effect: 'write',
  }),
  'settings.show': operation({
    summary: 'Show the settings of this host.',
    input: none,
    output: settings,
    access: 'operator',
    vault: 'unless-locked',
    effect: 'read',
  }),
  'settings.set': operation({
    summary: 'Change settings; those left out stay as they are.',
    input: settings.omit({ upstreamProxy: true, auditKeepDays: true }).partial(),
    output: settings,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'settings.setProxy': operation({
    summary: 'Choose the proxy that connections to upstreams go through, or none.',
    input: z.strictObject({ upstreamProxy }),
    output: settings,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'settings.setAuditKeepDays': operation({
    summary: 'Choose how many days audit entries are kept, or that they are kept for ever.',
    input: z.strictObject({ auditKeepDays }),
    output: settings,
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
};
