import { createHash } from 'node:crypto';
import { after, lastly, type MaybeLater } from '../at-once.ts';
import { strategyOf } from '../auth/strategies.ts';
import type { Applied } from '../auth/strategy.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import type { BrokerPorts, Revealed } from '../ports.ts';
import { formsOf } from '../redact/forms.ts';
import { gather, type Keep } from '../request-body.ts';
import type { Approved, Authorised, RequestBody } from '../states.ts';

/** A signature over the body needs it whole; beyond this it would be a hold on memory. */
const maxSignedBytes = 16 * 1024 * 1024;

/**
 * Stage 8: the only stage that holds plaintext. Reveals, renders, and wipes what it revealed before it is done. `before`
 * is the try an upstream has just answered 401 to: its token is renewed, and still looked for in the answer. Throws, or
 * rejects with, `auth_failed`, `credential_not_found`, `integrity_error`, `vault_locked`.
 */
export function injectAuth(
  from: Approved,
  ports: BrokerPorts,
  tokens: TokenSource,
  before: Authorised | null,
  keep: Keep,
): MaybeLater<Authorised> {
  const { credential } = from;
  const { auth } = credential;
  const signsBody = strategyOf(auth).needsBodyHash(auth);
  const reveal = (): MaybeLater<Revealed> =>
    auth.kind === 'oauth2'
      ? tokens.ready(credential, () => ports.reveal(from), before?.tokenDigest ?? undefined)
      : ports.reveal(from);
  // The body first: no plaintext waits for a caller who is slow to send it.
  return after(signsBody ? gathered(from.requestBody, keep) : from.requestBody, (requestBody) =>
    after(reveal(), (revealed) =>
      lastly(
        () =>
          after(proven(from, revealed, signsBody ? sha256(requestBody) : null, ports.now()), (applied) =>
            authorised(from, requestBody, applied, before),
          ),
        () => wipe(revealed),
      ),
    ),
  );
}

function proven(from: Approved, { fields }: Revealed, bodySha256: string | null, nowMs: number): MaybeLater<Applied> {
  const { credential, method, host, query } = from;
  const { auth, identifiers } = credential;
  const [path, headers] = [from.upstreamPath, from.upstreamHeaders];
  return strategyOf(auth).apply({ auth, fields, identifiers, method, host, path, query, headers, bodySha256, nowMs });
}

function authorised(from: Approved, requestBody: RequestBody, applied: Applied, before: Authorised | null): Authorised {
  const { path, query } = applied;
  const injected = before === null ? applied.injected : [...applied.injected, ...before.injected];
  const forms = formsOf(injected);
  // The only place an Authorised is made.
  return {
    ...from,
    requestBody,
    finalTarget: query === null ? path : `${path}?${query}`,
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
}

function wipe({ fields }: Revealed): void {
  for (const field in fields) fields[field]?.wipe();
}

function gathered(body: RequestBody, keep: Keep): MaybeLater<RequestBody> {
  return body.kind === 'stream'
    ? gather(body.stream, maxSignedBytes, keep).then((bytes) => ({ kind: 'bytes', bytes }))
    : body;
}

function sha256(body: RequestBody): string | null {
  if (body.kind === 'stream') return null;
  const hash = createHash('sha256');
  if (body.kind === 'bytes') hash.update(body.bytes);
  return hash.digest('hex');
}
