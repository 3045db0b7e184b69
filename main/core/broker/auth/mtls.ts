import { createSecureContext } from 'node:tls';
import { AivaultError } from '#contract/errors.ts';
import { fieldReader } from './fields.ts';
import { type AuthStrategy, type ClientCertificate, type Fields, ownsNothing } from './strategy.ts';

/** A client certificate in the TLS handshake (RFC 8446 §4.4.2). Nothing is added to the request itself. */
export const mtlsAuth: AuthStrategy<'mtls'> = {
  ...ownsNothing,
  check(_auth, fields) {
    certificateOf(fields);
  },
  apply({ fields, path, query, headers }) {
    const tls = certificateOf(fields);
    return { path, query, headers, injected: [Uint8Array.from(tls.key)], tls };
  },
};

/** The stored `certPem` (with its chain, if any) and `keyPem`. */
function certificateOf(fields: Fields): ClientCertificate {
  const read = fieldReader(fields, new Set());
  const cert = Buffer.from(read('certPem').bytes);
  const key = Buffer.from(read('keyPem').bytes);
  try {
    createSecureContext({ cert, key });
  } catch {
    // OpenSSL's own words may quote the input.
    throw new AivaultError('auth_failed', 'The stored client certificate and key cannot be used together.', {
      hint: 'Store a JSON object with certPem and keyPem, both PEM, where the key belongs to the certificate and has no passphrase.',
    });
  }
  return { cert, key };
}
