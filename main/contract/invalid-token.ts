import { AivaultError } from './errors.ts';

const hints = {
  proxy: 'Mint one with `aivault token mint --capability …` and send it as `authorization: Bearer avp_…`.',
  personal: 'Make one with `aivault token create-personal` and send it as `authorization: Bearer skt_…`.',
} as const;

/**
 * The one answer to whoever has no valid token. It is the same for none, for one of the wrong shape and for one that
 * nobody has, so that comparing answers teaches nothing (T-B1).
 */
export function invalidToken(kind: keyof typeof hints): AivaultError {
  return new AivaultError('token_invalid', 'No valid token: there is none, or it is unknown, expired or revoked.', {
    hint: hints[kind],
  });
}
