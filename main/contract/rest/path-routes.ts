import type { z } from 'zod';
import type { OperationName } from '../operations.ts';
import * as shape from './path-shapes.ts';

// Every route of /v1, declared once: the router, the OpenAPI document and the test that drives each path read this.

export interface RestRoute {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{path}` stands for a whole secret path, slashes included. */
  readonly path: string;
  readonly summary: string;
  /** Null: answers without a token. */
  readonly operation: OperationName | null;
  readonly scope: string | null;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Takes `If-Match`: only on top of the version that was seen. */
  readonly conditional?: true;
  readonly answer: z.ZodType;
  /** Error codes of its own, beside those that every route, or every authenticated one, has (`open-api.ts`). */
  readonly refuses: Readonly<Record<number, readonly string[]>>;
}

const pathFaults = { 400: ['invalid_path', 'invalid_request'], 403: ['access_denied'], 404: ['secret_not_found'] };

export const pathRoutes = {
  whoami: {
    method: 'GET',
    path: '/v1/auth/whoami',
    summary: 'Whose token this is and what it may do.',
    operation: 'tokens.whoami',
    scope: null,
    answer: shape.whoami,
    refuses: {},
  },
  write: {
    method: 'PUT',
    path: '/v1/secrets/{path}',
    summary: 'Write a secret; each write is a new version.',
    operation: 'paths.write',
    scope: 'secrets:write',
    body: shape.writeBody,
    conditional: true,
    answer: shape.written,
    refuses: {
      400: ['invalid_path', 'invalid_request', 'invalid_secret_type', 'invalid_duration'],
      403: ['access_denied'],
      409: ['secret_exists', 'version_conflict'],
      413: ['too_large'],
    },
  },
  read: {
    method: 'GET',
    path: '/v1/secrets/{path}',
    summary: 'Read a secret, its current version or an older one.',
    operation: 'paths.read',
    scope: 'secrets:read',
    query: shape.readQuery,
    answer: shape.secret,
    refuses: { ...pathFaults, 404: ['secret_not_found', 'version_not_found'], 410: ['expired'] },
  },
  delete: {
    method: 'DELETE',
    path: '/v1/secrets/{path}',
    summary: 'Delete a secret; it can be restored unless `permanent=true`.',
    operation: 'paths.delete',
    scope: 'secrets:delete',
    query: shape.deleteQuery,
    answer: shape.deleted,
    refuses: pathFaults,
  },
  list: {
    method: 'GET',
    path: '/v1/secrets',
    summary: 'List secrets under a prefix, without their values.',
    operation: 'paths.list',
    scope: 'secrets:list',
    query: shape.listQuery,
    answer: shape.list,
    refuses: { 400: ['invalid_request', 'invalid_path', 'invalid_cursor', 'invalid_duration'], 403: ['access_denied'] },
  },
  versions: {
    method: 'GET',
    path: '/v1/secrets/{path}/versions',
    summary: 'List the versions of a secret.',
    operation: 'paths.versions',
    scope: 'secrets:list',
    answer: shape.versions,
    refuses: pathFaults,
  },
  metadata: {
    method: 'GET',
    path: '/v1/secrets/{path}/metadata',
    summary: 'Read what is known about a secret, without its value.',
    operation: 'paths.describe',
    scope: 'secrets:list',
    answer: shape.metadata,
    refuses: pathFaults,
  },
  restore: {
    method: 'POST',
    path: '/v1/secrets/{path}/restore',
    summary: 'Restore a deleted secret.',
    operation: 'paths.restore',
    scope: 'secrets:delete',
    answer: shape.listItem,
    refuses: { ...pathFaults, 409: ['secret_exists'] },
  },
  rotate: {
    method: 'POST',
    path: '/v1/secrets/{path}/rotate',
    summary: 'Make fields of a secret anew, as a new version; the others stay.',
    operation: 'paths.rotate',
    scope: 'secrets:rotate',
    body: shape.rotateBody,
    conditional: true,
    answer: shape.updated,
    refuses: { ...pathFaults, 409: ['version_conflict'], 413: ['too_large'] },
  },
  batch: {
    method: 'POST',
    path: '/v1/secrets/batch',
    summary: 'Read up to a hundred secrets at once; each is authorised by itself.',
    operation: 'paths.read',
    scope: 'secrets:read',
    body: shape.batchBody,
    answer: shape.batch,
    // All but the first are those of one path, said for all where `fail_fast` asks for that.
    refuses: {
      400: ['invalid_request', 'invalid_path'],
      403: ['access_denied'],
      404: ['secret_not_found', 'version_not_found'],
      410: ['expired'],
      413: ['too_large'],
    },
  },
  auditLogs: {
    method: 'GET',
    path: '/v1/audit/logs',
    summary: 'What happened to secrets by path, newest first.',
    operation: 'audit.logs',
    scope: 'audit:read',
    query: shape.auditQuery,
    answer: shape.auditLogs,
    refuses: { 400: ['invalid_request', 'invalid_cursor'], 403: ['access_denied'] },
  },
  health: {
    method: 'GET',
    path: '/v1/health',
    summary: 'Whether the endpoint answers.',
    operation: null,
    scope: null,
    answer: shape.health,
    refuses: {},
  },
  version: {
    method: 'GET',
    path: '/v1/version',
    summary: 'The version of the program behind the endpoint.',
    operation: null,
    scope: null,
    answer: shape.versionAnswer,
    refuses: {},
  },
} as const satisfies Record<string, RestRoute>;

export type RestRouteName = keyof typeof pathRoutes;
