import { AivaultError, type ErrorBody, errorTable } from '#contract/errors.ts';

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
  internal: 'internal_error',
};

/** The envelope of one refusal, with its status and, where it helps, `Retry-After`. */
export function errorAnswer(body: ErrorBody, requestId: string): RestAnswer {
  const code = body.reason ?? words[body.error] ?? body.error;
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
        ...(body.hint === undefined ? {} : { details: { hint: body.hint } }),
        request_id: requestId,
      },
    },
  };
}

/** Which word a field's fault has of its own; anything else is `invalid_request`. */
const fieldWords: Readonly<Record<string, string>> = {
  secret_type: 'invalid_secret_type',
  expires_in: 'invalid_duration',
  expiring_within: 'invalid_duration',
  cursor: 'invalid_cursor',
  prefix: 'invalid_path',
};

/** `invalid_request` naming the field; its value is never repeated. */
export function fieldFault(path: readonly PropertyKey[]): AivaultError {
  const field = path.map(String).join('.');
  const last = String(path.at(-1) ?? '');
  const where =
    field === '' ? 'The body is not what this address takes.' : `The field ${printable(field)} is not valid.`;
  return new AivaultError('invalid_request', where, { reason: fieldWords[last] ?? 'invalid_request' });
}

/** Field names come from the caller too: only plain ones are repeated. */
function printable(field: string): string {
  return /^[A-Za-z0-9_.[\]-]{1,80}$/.test(field) ? `"${field}"` : 'you sent';
}
