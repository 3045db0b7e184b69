import { type ErrorBody, type ErrorCode, errorTable } from '#contract/errors.ts';

// Our codes in the words of the /v1 envelope.

/** An answer of the /v1 endpoint before it is written. */
export interface RestAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

const words: Partial<Record<ErrorBody['error'], string>> = {
  token_invalid: 'authentication_required',
  operator_required: 'access_denied',
  policy_violation: 'access_denied',
  not_found: 'secret_not_found',
  already_exists: 'secret_exists',
  audit_unavailable: 'service_unavailable',
  host_busy: 'service_unavailable',
  storage_unavailable: 'service_unavailable',
  internal: 'internal_error',
};

/** What is said of a path only once the path was found to be one, so that nothing else is ever said back. */
const aboutPath: ReadonlySet<ErrorCode> = new Set([
  'policy_violation',
  'not_found',
  'already_exists',
  'version_conflict',
  'expired',
]);

/**
 * The envelope of one refusal, with its status and, where it helps, `Retry-After`. Its details are for programs: the
 * path that was refused, the scope that is missing; its hint is for people.
 */
export function errorAnswer(body: ErrorBody, requestId: string, path = ''): RestAnswer {
  const code = body.reason ?? words[body.error] ?? body.error;
  const details = {
    ...(path === '' || !aboutPath.has(body.error) ? {} : { path }),
    ...(body.scope === undefined ? {} : { scope: body.scope }),
    ...(body.hint === undefined ? {} : { hint: body.hint }),
  };
  return {
    status: errorTable[body.error].status,
    headers: {
      ...(body.retryAfterSeconds === undefined ? {} : { 'retry-after': String(body.retryAfterSeconds) }),
      ...(body.error === 'token_invalid' ? { 'www-authenticate': 'Bearer' } : {}),
    },
    json: {
      error: {
        code,
        message: body.message,
        ...(Object.keys(details).length === 0 ? {} : { details }),
        request_id: requestId,
      },
    },
  };
}

/** 405 with the methods the address does take (RFC 9110 §15.5.6). */
export function wrongMethod(allow: readonly string[], requestId: string): RestAnswer {
  const refusal = { error: 'invalid_request', message: 'This address does not take this method.' } as const;
  const answer = errorAnswer({ ...refusal, reason: 'method_not_allowed' }, requestId);
  return { ...answer, status: 405, headers: { allow: allow.join(', ') } };
}
