import { createHash } from 'node:crypto';
import { strategyOf } from '../auth/strategies.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import type { BrokerPorts } from '../ports.ts';
import { formsOf } from '../redact/forms.ts';
import { gather } from '../request-body.ts';
import type { Approved, Authorised, RequestBody } from '../states.ts';

/** A signature over the body needs it whole; beyond this it would be a hold on memory. */
const maxSignedBytes = 16 * 1024 * 1024;

/**
 * Stage 8: the only stage that holds plaintext. Reveals, renders, and wipes what it revealed before it returns. `before`
 * is the try an upstream has just answered 401 to: its token is renewed, and still looked for in the answer. Throws
 * `auth_failed`, `credential_not_found`, `integrity_error`, `vault_locked`.
 */
export async function injectAuth(
  from: Approved,
  ports: BrokerPorts,
  tokens: TokenSource,
  before: Authorised | null,
): Promise<Authorised> {
  const { credential } = from;
  const { auth } = credential;
  const strategy = strategyOf(auth);
  const requestBody = strategy.needsBodyHash(auth) ? await gathered(from.requestBody) : from.requestBody;
  const revealed =
    auth.kind === 'oauth2'
      ? await tokens.ready(credential, () => ports.reveal(from), before?.tokenDigest ?? undefined)
      : ports.reveal(from);
  try {
    const applied = await strategy.apply({
      auth,
      fields: revealed.fields,
      identifiers: credential.identifiers,
      method: from.method,
      host: from.host,
      path: from.upstreamPath,
      query: from.query,
      headers: from.upstreamHeaders,
      bodySha256: strategy.needsBodyHash(auth) ? sha256(requestBody) : null,
      nowMs: ports.now(),
    });
    const injected = before === null ? applied.injected : [...applied.injected, ...before.injected];
    const forms = formsOf(injected);
    // The only place an Authorised is made.
    return {
      ...from,
      requestBody,
      finalTarget: applied.query === null ? applied.path : `${applied.path}?${applied.query}`,
      finalHeaders: applied.headers,
      identity: applied.tls ?? null,
      forms,
      injected,
      tokenDigest: applied.tokenDigest ?? null,
      wipe() {
        forms.wipe();
        for (const part of injected) part.fill(0);
      },
    } as Authorised;
  } finally {
    for (const material of Object.values(revealed.fields)) material.wipe();
  }
}

async function gathered(body: RequestBody): Promise<RequestBody> {
  return body.kind === 'stream' ? { kind: 'bytes', bytes: await gather(body.stream, maxSignedBytes) } : body;
}

function sha256(body: RequestBody): string | null {
  if (body.kind === 'stream') return null;
  const hash = createHash('sha256');
  if (body.kind === 'bytes') hash.update(body.bytes);
  return hash.digest('hex');
}
