import type { Output } from '#contract/call.ts';
import { identityOf } from '#contract/identity.ts';
import type { PathSummary } from '#contract/schemas/paths.ts';

// What operations answer, in the shapes of /v1.

/** `2026-04-23T14:00:00Z`. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const ends = (expiresAtMs: number | null) => (expiresAtMs === null ? {} : { expires_at: isoTime(expiresAtMs) });

export function whoamiJson(value: Output<'tokens.whoami'>): unknown {
  return {
    identity_id: value.identityId,
    identity_type: value.identityType,
    // One person, one machine: there are no tenants here, but clients expect the words.
    tenant_id: 'tnt_local',
    partner_id: 'ptn_local',
    scopes: value.scopes,
  };
}

export function writtenJson(value: Output<'paths.write'>): unknown {
  return value.created
    ? {
        path: value.path,
        secret_type: value.secretType,
        version: value.version,
        created: true,
        created_at: isoTime(value.createdAtMs),
        ...ends(value.expiresAtMs),
      }
    : {
        path: value.path,
        version: value.version,
        created: false,
        previous_version: value.previousVersion,
        updated_at: isoTime(value.updatedAtMs),
        ...ends(value.expiresAtMs),
      };
}

export function secretJson(value: Output<'paths.read'>): unknown {
  return {
    path: value.path,
    secret_type: value.secretType,
    version: value.version,
    data: value.data,
    metadata: value.metadata,
    created_at: isoTime(value.createdAtMs),
    updated_at: isoTime(value.updatedAtMs),
    ...ends(value.expiresAtMs),
  };
}

export function listItemJson(value: PathSummary): unknown {
  return {
    path: value.path,
    secret_type: value.secretType,
    version: value.version,
    updated_at: isoTime(value.updatedAtMs),
    tags: value.tags,
    ...ends(value.expiresAtMs),
  };
}

export function listJson(value: Output<'paths.list'>): unknown {
  return { secrets: value.secrets.map(listItemJson), cursor: value.cursor, has_more: value.hasMore };
}

export function versionsJson(value: Output<'paths.versions'>): unknown {
  return {
    path: value.path,
    versions: value.versions.map((facts) => ({
      version: facts.version,
      secret_type: facts.secretType,
      created_at: isoTime(facts.createdAtMs),
      created_by: identityOf(facts.createdBy),
      ...ends(facts.expiresAtMs),
    })),
  };
}

export function metadataJson(value: Output<'paths.describe'>): unknown {
  return {
    path: value.path,
    secret_type: value.secretType,
    version: value.version,
    version_count: value.versions.length,
    max_versions: value.maxVersions,
    metadata: value.metadata,
    created_at: isoTime(value.createdAtMs),
    updated_at: isoTime(value.updatedAtMs),
    ...ends(value.expiresAtMs),
  };
}

export function deletedJson(value: Output<'paths.delete'>): unknown {
  return {
    path: value.path,
    deleted: true,
    permanent: value.permanent,
    version_count: value.versions,
    deleted_at: isoTime(value.deletedAtMs),
  };
}

export function auditLogsJson(value: Output<'audit.logs'>): unknown {
  return {
    logs: value.logs.map((entry) => ({
      id: `log_${entry.seq}`,
      timestamp: isoTime(entry.tsMs),
      action: entry.kind.replace(/^path\./, ''),
      identity_type: 'user',
      identity_id: identityOf(entry.actor),
      secret_path: entry.secretPath ?? null,
      version: entry.version ?? null,
      success: entry.outcome === 'done' || entry.outcome === 'allowed',
      ...(entry.code === undefined ? {} : { code: entry.code }),
    })),
    cursor: value.cursor,
    has_more: value.hasMore,
  };
}
