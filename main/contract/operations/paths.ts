import { z } from 'zod';
import { operation } from '../operation.ts';
import {
  pathDetail,
  pathKey,
  pathListQuery,
  pathReadKey,
  pathRotate,
  pathSummary,
  pathValue,
  pathVersion,
  pathWrite,
  pathWritten,
} from '../schemas/paths.ts';
import { timeMs } from '../schemas/secrets.ts';

const agent = { access: 'agent', vault: 'unlocked' } as const;

export const pathOperations = {
  'paths.write': operation({
    summary: 'Write a path secret; each write is a new version.',
    input: pathWrite,
    output: pathWritten,
    ...agent,
    effect: 'write',
  }),
  'paths.read': operation({
    summary: 'Read the value of a path secret.',
    input: pathReadKey,
    output: pathValue,
    ...agent,
    effect: 'read',
    presence: 'fresh',
    yields: true,
  }),
  'paths.list': operation({
    summary: 'List path secrets under a prefix, without their values.',
    input: pathListQuery,
    output: z.strictObject({ secrets: z.array(pathSummary), cursor: z.string().nullable(), hasMore: z.boolean() }),
    ...agent,
    effect: 'read',
  }),
  'paths.describe': operation({
    summary: 'Show a path secret: metadata and versions, without its value.',
    input: pathKey,
    output: pathDetail,
    ...agent,
    effect: 'read',
  }),
  'paths.versions': operation({
    summary: 'List the versions of a path secret.',
    input: pathKey,
    output: z.strictObject({ path: z.string(), versions: z.array(pathVersion) }),
    ...agent,
    effect: 'read',
  }),
  'paths.rotate': operation({
    summary: 'Make fields of a path secret anew; the others stay, and nobody sees either.',
    input: pathRotate,
    output: pathWritten,
    ...agent,
    effect: 'write',
  }),
  'paths.delete': operation({
    summary: 'Delete a path secret; it can be restored unless deleted permanently.',
    input: z.strictObject({ ...pathKey.shape, permanent: z.boolean().default(false) }),
    output: z.strictObject({ path: z.string(), permanent: z.boolean(), versions: z.int(), deletedAtMs: timeMs }),
    ...agent,
    effect: 'write',
  }),
  'paths.restore': operation({
    summary: 'Restore a deleted path secret.',
    input: pathKey,
    output: pathSummary,
    ...agent,
    effect: 'write',
  }),
};
