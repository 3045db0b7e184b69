// The words that some inputs take, where only some will do. Beside the schemas and not among them, because commands offer
// them and load no schema.

/** How an audit entry can end. */
export const auditOutcomes = ['done', 'allowed', 'refused', 'failed', 'unknown'] as const;

/** What a personal token may do. */
export const personalScopes = [
  'secrets:read',
  'secrets:write',
  'secrets:list',
  'secrets:delete',
  'secrets:rotate',
  'audit:read',
] as const;

/** What a path secret can be. */
export const secretTypes = ['kv', 'json', 'certificate', 'ssh_key', 'api_key'] as const;

/** What a generated value can be made of. */
export const charsets = ['alphanumeric', 'alpha', 'digits', 'safe', 'symbols'] as const;

export const scopeNames = ['global', 'workspace', 'group'] as const;

/** How long a yes lasts; `token`: until the token ends. */
export const approvalLengths = ['once', 'hour', 'token'] as const;
