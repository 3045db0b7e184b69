import { AivaultError } from '#contract/errors.ts';
import { invalidToken } from '#contract/invalid-token.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { authHeaders } from './headers/header-names.ts';

// SDKs put their key where their API wants it, so that is where the token arrives. Exactly one token per request, taken
// out of every slot before anything is matched, written down or sent.

const token = /^avp_[A-Za-z0-9_-]{8,128}$/;
/** `Bearer avp_…`, `Token avp_…`, `Bot avp_…`, `Token token=avp_…`, or the token alone. */
const headerSlot = /^(?:[A-Za-z][A-Za-z0-9-]{0,31} +(?:token=)?)?"?(avp_[A-Za-z0-9_-]{8,128})"?$/;
/** AWS Signature Version 4: the token stands where the access key id would. */
const signatureSlot = /^AWS4-[A-Z0-9-]+ .*\bCredential=(avp_[A-Za-z0-9_-]{8,128})\//;
/** Telegram and its kin: the token is (part of) the first segment. */
const pathSlot = /^\/(?:[a-z]{0,16})(avp_[A-Za-z0-9_-]{8,128})(?=\/|$)/;
const mark = 'avp_';

export interface TakenToken {
  readonly token: string;
  readonly headers: readonly HeaderPair[];
  /** Path and query without the token's slots. */
  readonly target: string;
}

/** The one token of an envelope request: `authorization: Bearer avp_…`, nothing else. Throws `token_invalid`. */
export function bearerToken(headers: readonly HeaderPair[]): string {
  let found: string | null = null;
  for (const [name, value] of headers) {
    if (name !== 'authorization') continue;
    const match = /^bearer +(avp_[A-Za-z0-9_-]{8,128})$/i.exec(value.trim());
    if (match === null || found !== null) throw invalidToken('proxy');
    found = match[1] as string;
  }
  if (found === null) throw invalidToken('proxy');
  return found;
}

/**
 * Takes the token out of a pass-through request. `path` and `query` are what follows `/v/<segment>`. Throws
 * `token_invalid` where there is none, `policy_violation` where there are two, or one beside another auth value.
 */
export function takeToken(headers: readonly HeaderPair[], path: string, query: string | null): TakenToken {
  const tokens: string[] = [];
  const kept: HeaderPair[] = [];
  let foreign = false;
  let astray = false;
  for (const pair of headers) {
    const found = tokenOfHeader(pair);
    if (found !== null) tokens.push(found);
    else if (authHeaders.has(pair[0])) foreign = true;
    else {
      kept.push(pair);
      astray ||= pair[1].includes(mark);
    }
  }
  const inPath = path.includes(mark) ? pathSlot.exec(path) : null;
  if (inPath !== null) tokens.push(inPath[1] as string);
  const barePath = inPath === null ? path : path.slice(inPath[0].length) || '/';
  const bareQuery = query === null || !/avp(?:_|%5f)/i.test(query) ? query : takeFromQuery(query, tokens);

  const [only] = tokens;
  if (only === undefined) throw invalidToken('proxy');
  if (tokens.some((token) => token !== only))
    throw new AivaultError('policy_violation', 'The request carries two different tokens.');
  if (foreign)
    throw new AivaultError('policy_violation', 'The request carries a token and another auth value beside it.');
  if (astray || barePath.includes(mark)) {
    throw new AivaultError('policy_violation', 'The request carries a token outside of an auth slot.');
  }
  return { token: only, headers: kept, target: bareQuery === null ? barePath : `${barePath}?${bareQuery}` };
}

function tokenOfHeader([name, value]: HeaderPair): string | null {
  if (value.includes(mark)) {
    if (name !== 'authorization') return token.test(value) ? value : null;
    return (headerSlot.exec(value) ?? signatureSlot.exec(value))?.[1] ?? null;
  }
  return name === 'authorization' && /^basic /i.test(value) ? tokenOfBasic(value.slice(6).trim()) : null;
}

/** RFC 7617: the token is the user or the password; the other half is the SDK's idea of an account and is dropped. */
function tokenOfBasic(encoded: string): string | null {
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  const halves = colon === -1 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
  const found = halves.filter((half) => token.test(half));
  if (found.length === 2 && found[0] !== found[1]) {
    throw new AivaultError('policy_violation', 'The request carries two different tokens.');
  }
  return found[0] ?? null;
}

/** Removes parameters that hold a token, and with a presigned credential the rest of its signature. */
function takeFromQuery(query: string, tokens: string[]): string | null {
  let presigned = false;
  const kept = query.split('&').filter((part) => {
    const value = decodeLoosely(part.slice(part.indexOf('=') + 1));
    if (!value.includes(mark)) return true;
    const presignedToken = /^(avp_[A-Za-z0-9_-]{8,128})\//.exec(value)?.[1];
    if (presignedToken !== undefined && /^x-amz-credential=/i.test(part)) {
      presigned = true;
      tokens.push(presignedToken);
      return false;
    }
    if (!token.test(value))
      throw new AivaultError('policy_violation', 'The query carries a token outside of an auth slot.');
    tokens.push(value);
    return false;
  });
  const rest = presigned
    ? kept.filter((part) => !/^x-amz-(?:algorithm|date|expires|signedheaders|signature|security-token)=/i.test(part))
    : kept;
  return rest.length === 0 ? null : rest.join('&');
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Broken escapes are read-request's to refuse; here only a token matters.
    return text;
  }
}
