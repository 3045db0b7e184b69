import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair } from '#contract/proxied.ts';

// One question to a token endpoint (RFC 6749 §3.2). Whatever it answers, its words never leave this file: error bodies
// have been seen to quote the refresh token.

export interface FormPost {
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Sends one POST through the broker's egress and returns the whole (small, capped) answer. Follows no redirect. */
export type PostForm = (request: FormPost) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface Client {
  readonly id: string;
  /** Null for a public client. */
  readonly secret: string | null;
  readonly auth: 'basic' | 'body';
}

export interface FreshTokens {
  readonly accessToken: string;
  readonly expiresAtMs: number;
  /** Null where the endpoint kept the old one valid. */
  readonly refreshToken: string | null;
}

/**
 * Asks for tokens. `parameters` are the grant's own. Throws `auth_failed` where the endpoint refuses or its answer is
 * not one (RFC 6749 §5.1), and what `post` throws where it cannot be reached.
 */
export async function requestTokens(
  post: PostForm,
  endpoint: string,
  client: Client,
  parameters: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<FreshTokens> {
  const form = new URLSearchParams(parameters);
  const headers: HeaderPair[] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
  ];
  if (client.secret !== null && client.auth === 'basic')
    headers.push(['authorization', basic(client.id, client.secret)]);
  else {
    form.set('client_id', client.id);
    if (client.secret !== null) form.set('client_secret', client.secret);
  }
  const body = Buffer.from(form.toString(), 'latin1');
  try {
    const answer = await post({ url: endpoint, headers, body });
    return readAnswer(answer.status, answer.body, nowMs);
  } finally {
    body.fill(0);
  }
}

/** Both halves form-encoded first (RFC 6749 §2.3.1). */
function basic(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`, 'latin1').toString('base64')}`;
}

function readAnswer(status: number, body: Uint8Array, nowMs: number): FreshTokens {
  const answer = parse(body);
  if (status < 200 || status > 299) throw refusedBy(status, answer);
  const { access_token: accessToken, refresh_token: refreshToken, token_type: type } = answer;
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw unusable('its answer has no usable access_token');
  }
  if (type !== undefined && !(typeof type === 'string' && /^bearer$/i.test(type))) {
    throw unusable('its tokens are not bearer tokens');
  }
  const expiresAtMs = expiryOf(answer.expires_in, accessToken, nowMs);
  if (expiresAtMs === null) throw unusable('its answer does not say when the token expires');
  return {
    accessToken,
    expiresAtMs,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : null,
  };
}

function parse(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Seconds, as a number or (some providers) as text; else the `exp` of a token that is a JWT (RFC 9068 §2.2). */
function expiryOf(expiresIn: unknown, accessToken: string, nowMs: number): number | null {
  const seconds = typeof expiresIn === 'string' && /^\d{1,9}$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0) return nowMs + Math.floor(seconds * 1000);
  const parts = accessToken.split('.');
  const { exp } = parts.length === 3 ? parse(Buffer.from(parts[1]!, 'base64url')) : {};
  return typeof exp === 'number' && exp * 1000 > nowMs ? exp * 1000 : null;
}

/** RFC 6749 §5.2. Only these words of an endpoint's answer are ever repeated. */
const knownErrors = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

function refusedBy(status: number, answer: Record<string, unknown>): AivaultError {
  if (status >= 500 || status === 429) {
    return new AivaultError('auth_failed', `The provider's token endpoint is failing: HTTP ${status}.`, {
      hint: 'The account is still connected. Try again later.',
    });
  }
  const word = typeof answer.error === 'string' && knownErrors.has(answer.error) ? ` (${answer.error})` : '';
  return new AivaultError('auth_failed', `The provider's token endpoint refused: HTTP ${status}${word}.`, {
    hint: 'Connect the account again with `aivault oauth connect`, or rotate the stored secret.',
  });
}

const unusable = (why: string) =>
  new AivaultError('auth_failed', `The provider's token endpoint gave no usable token: ${why}.`);
