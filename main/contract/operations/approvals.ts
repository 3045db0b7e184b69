import { z } from 'zod';
import { approvalLengths } from '../choices.ts';
import { operation } from '../operation.ts';
import { approvalRequest, standingApproval } from '../schemas/approvals.ts';

/** Any text: an id that is not known is not found, however it is spelled. */
const id = z.string().max(64);

export const approvalOperations = {
  'approvals.list': operation({
    summary: 'List the requests that wait for a yes, and the approvals that stand.',
    input: z.strictObject({}),
    /** Oldest first. */
    output: z.strictObject({ waiting: z.array(approvalRequest), standing: z.array(standingApproval) }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'read',
  }),
  'approvals.allow': operation({
    summary: 'Allow a waiting request: this one, or further ones like it for a time.',
    input: z.strictObject({
      approvalId: id,
      lasts: z.enum(approvalLengths).default('once'),
      /** `request`: the same method and address; `capability`: whatever it allows. Both: of this caller, by this credential. */
      covers: z.enum(['request', 'capability']).default('request'),
    }),
    output: z.strictObject({ standing: standingApproval.nullable() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
    presence: 'fresh',
  }),
  'approvals.deny': operation({
    summary: 'Deny a waiting request; its caller may not ask for that capability again for 30 seconds.',
    input: z.strictObject({ approvalId: id }),
    output: z.strictObject({ approvalId: z.string() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'approvals.withdraw': operation({
    summary: 'Withdraw an approval that stands.',
    input: z.strictObject({ standingId: id }),
    output: z.strictObject({ withdrawn: z.boolean() }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
};
