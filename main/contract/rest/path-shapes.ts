import { z } from 'zod';
import { duration, generator, pathMetadata, secretType } from '../schemas/paths.ts';

// The JSON of the /v1 endpoint: snake case, ISO times. One definition serves parsing and the OpenAPI document.

const isoTime = z.iso.datetime().describe('ISO 8601, UTC');
const version = z.int().positive();

export const whoami = z.strictObject({
  identity_id: z.string(),
  identity_type: z.literal('user'),
  tenant_id: z.string(),
  partner_id: z.string(),
  scopes: z.array(z.string()),
});

export const writeBody = z.strictObject({
  data: z
    .record(z.string().min(1).max(256), z.unknown())
    .optional()
    .describe('The value: a JSON object, at most 1 MiB.'),
  secret_type: secretType.optional(),
  metadata: pathMetadata.optional().describe('Left out: kept. Given: replaced. At most 16 KiB.'),
  options: z
    .strictObject({
      max_versions: z.int().min(1).max(1000).optional(),
      expires_in: duration.nullish(),
    })
    .optional(),
  generate: z.record(z.string().min(1).max(256), generator).optional().describe('Fields the vault fills in itself.'),
});

export const rotateBody = z.strictObject({
  generate: z.record(z.string().min(1).max(256), generator).describe('Fields the vault makes anew; the others stay.'),
});

export const created = z.strictObject({
  path: z.string(),
  secret_type: secretType,
  version,
  created: z.literal(true),
  created_at: isoTime,
  expires_at: isoTime.optional(),
});
export const updated = z.strictObject({
  path: z.string(),
  version,
  created: z.literal(false),
  previous_version: version,
  updated_at: isoTime,
  expires_at: isoTime.optional(),
});
export const written = z.union([created, updated]);

export const secret = z.strictObject({
  path: z.string(),
  secret_type: secretType,
  version,
  data: z.record(z.string(), z.unknown()),
  metadata: pathMetadata,
  created_at: isoTime,
  updated_at: isoTime,
  expires_at: isoTime.optional(),
});

export const listItem = z.strictObject({
  path: z.string(),
  secret_type: secretType,
  version,
  updated_at: isoTime,
  tags: z.array(z.string()),
  expires_at: isoTime.optional(),
});
export const listQuery = z.strictObject({
  prefix: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  cursor: z.string().max(2048).optional(),
  tag: z.string().min(1).max(128).optional(),
  expiring_within: duration.optional(),
});
export const list = z.strictObject({
  secrets: z.array(listItem),
  cursor: z.string().nullable(),
  has_more: z.boolean(),
});

export const readQuery = z.strictObject({ version: z.coerce.number().int().positive().optional() });
export const deleteQuery = z.strictObject({ permanent: z.enum(['true', 'false']).optional() });
export const deleted = z.strictObject({
  path: z.string(),
  deleted: z.literal(true),
  permanent: z.boolean(),
  version_count: z.int(),
  deleted_at: isoTime,
});

const versionItem = z.strictObject({
  version,
  secret_type: secretType,
  created_at: isoTime,
  created_by: z.string(),
  expires_at: isoTime.optional(),
});
export const versions = z.strictObject({ path: z.string(), versions: z.array(versionItem) });

export const metadata = z.strictObject({
  path: z.string(),
  secret_type: secretType,
  version,
  version_count: z.int(),
  max_versions: z.int(),
  metadata: pathMetadata,
  created_at: isoTime,
  updated_at: isoTime,
  expires_at: isoTime.optional(),
});

export const batchBody = z.strictObject({
  paths: z.array(z.string().max(4096)).min(1).max(100),
  options: z
    .strictObject({
      include_metadata: z.boolean().optional(),
      fail_fast: z.boolean().optional(),
      version: version.optional(),
    })
    .optional(),
});
export const batch = z.strictObject({
  secrets: z.record(
    z.string(),
    z.strictObject({
      data: z.record(z.string(), z.unknown()),
      version,
      secret_type: secretType,
      metadata: pathMetadata.optional(),
    }),
  ),
  errors: z.record(z.string(), z.strictObject({ code: z.string(), message: z.string() })),
});

export const auditQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  action: z.string().max(200).optional(),
  path_prefix: z.string().max(512).optional(),
  success: z.enum(['true', 'false']).optional(),
  identity_id: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  cursor: z.string().max(2048).optional(),
});
const auditLog = z.strictObject({
  id: z.string(),
  timestamp: isoTime,
  action: z.string(),
  identity_type: z.literal('user'),
  identity_id: z.string(),
  secret_path: z.string().nullable(),
  version: z.int().nullable(),
  success: z.boolean(),
  code: z.string().optional(),
});
export const auditLogs = z.strictObject({
  logs: z.array(auditLog),
  cursor: z.string().nullable(),
  has_more: z.boolean(),
});

export const health = z.strictObject({ status: z.literal('healthy'), timestamp: isoTime });
export const versionAnswer = z.strictObject({ version: z.string() });

export const errorEnvelope = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string(),
  }),
});
