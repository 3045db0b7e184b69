// Every refusal this product can give, in one list. A code crosses every border (IPC, socket, HTTP, exit code, screen);
// its message is built from constants and ids, never from a caller's value or a secret. Causes stay in the process.

/** How one code looks at each border: HTTP status, process exit code, and whether asking again may help. */
export interface ErrorRow {
  readonly status: number;
  readonly exit: number;
  readonly retry: 'no' | 'later';
}

export const errorTable = {
  invalid_request: { status: 400, exit: 2, retry: 'no' },
  token_invalid: { status: 401, exit: 4, retry: 'no' },
  origin_refused: { status: 403, exit: 5, retry: 'no' },
  operator_required: { status: 403, exit: 5, retry: 'no' },
  policy_violation: { status: 403, exit: 5, retry: 'no' },
  approval_refused: { status: 403, exit: 5, retry: 'no' },
  presence_required: { status: 403, exit: 5, retry: 'no' },
  capability_not_found: { status: 404, exit: 6, retry: 'no' },
  credential_not_found: { status: 404, exit: 6, retry: 'no' },
  not_found: { status: 404, exit: 6, retry: 'no' },
  credential_ambiguous: { status: 409, exit: 6, retry: 'no' },
  already_exists: { status: 409, exit: 6, retry: 'no' },
  vault_missing: { status: 409, exit: 6, retry: 'no' },
  version_conflict: { status: 409, exit: 6, retry: 'no' },
  expired: { status: 410, exit: 6, retry: 'no' },
  too_large: { status: 413, exit: 2, retry: 'no' },
  vault_locked: { status: 423, exit: 7, retry: 'later' },
  rate_limited: { status: 429, exit: 8, retry: 'later' },
  integrity_error: { status: 500, exit: 10, retry: 'no' },
  rolled_back: { status: 500, exit: 10, retry: 'no' },
  auth_failed: { status: 502, exit: 9, retry: 'no' },
  response_refused: { status: 502, exit: 9, retry: 'no' },
  upstream_unreachable: { status: 502, exit: 9, retry: 'later' },
  upstream_timeout: { status: 504, exit: 9, retry: 'later' },
  host_busy: { status: 503, exit: 3, retry: 'later' },
  host_unreachable: { status: 503, exit: 3, retry: 'later' },
  storage_unavailable: { status: 503, exit: 3, retry: 'later' },
  audit_unavailable: { status: 503, exit: 3, retry: 'later' },
  contract_mismatch: { status: 409, exit: 3, retry: 'no' },
  internal: { status: 500, exit: 1, retry: 'no' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** What leaves the process when something was refused. `hint` says what to do next, in one sentence. */
export interface ErrorBody {
  readonly error: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly retryAfterSeconds?: number;
  /** A finer word where one code covers several cases (`invalid_path`, `version_not_found` …); from constants only. */
  readonly reason?: string;
  /** The scope a token lacks. */
  readonly scope?: string;
}

export interface AivaultErrorOptions {
  readonly hint?: string;
  readonly reason?: string;
  readonly scope?: string;
  readonly retryAfterSeconds?: number;
  /** For the local log only; never serialised. */
  readonly cause?: unknown;
}

/** The one error class. `message` and `hint` must be safe to show to anybody. */
export class AivaultError extends Error {
  override readonly name = 'AivaultError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly reason: string | undefined;
  readonly scope: string | undefined;

  constructor(code: ErrorCode, message: string, options: AivaultErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reason = options.reason;
    this.scope = options.scope;
  }

  /** The shape every transport writes. The cause is left behind on purpose. */
  toJSON(): ErrorBody {
    return {
      error: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.scope === undefined ? {} : { scope: this.scope }),
    };
  }
}

/** Whether a string that arrived from outside is one of our codes. */
function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

/** Rebuilds an error that crossed a border; anything that is not one of ours becomes `internal`. */
export function errorFromBody(body: unknown): AivaultError {
  if (typeof body === 'object' && body !== null && 'error' in body && isErrorCode(body.error)) {
    const { message, hint, retryAfterSeconds, reason, scope } = body as Partial<ErrorBody>;
    return new AivaultError(body.error, typeof message === 'string' ? message : body.error, {
      ...(typeof hint === 'string' ? { hint } : {}),
      ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof scope === 'string' ? { scope } : {}),
    });
  }
  return new AivaultError('internal', 'The host gave an answer this program does not understand.');
}

/** One answer to one question: the value, or a refusal with its code. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorBody };
