import { z } from 'zod';
import { operation } from '../operation.ts';
import { credentialId, providerName } from '../schemas/catalog.ts';
import { errorBody } from '../schemas/error-body.ts';
import { scope } from '../schemas/scope.ts';
import { notice, secretMetadata, timeMs } from '../schemas/secrets.ts';

const connection = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

export const oauthOperations = {
  'oauth.begin': operation({
    summary: 'Begin connecting an account: gives the address where consent is given.',
    input: z.strictObject({
      /** A provider of the registry, whose secret is made or renewed in `scope` … */
      provider: providerName.optional(),
      /** … or a credential of your own, whose secret gets the tokens. */
      credential: credentialId.optional(),
      /** Left out: what the stored secret, else the provider, says. */
      clientId: z.string().trim().min(1).max(256).optional(),
      clientSecret: z.string().min(1).max(1024).optional(),
      /** Left out: the provider's or credential's own. */
      scopes: z.array(z.string().trim().min(1).max(256)).max(64).optional(),
      scope: scope.default('global'),
    }),
    output: z.strictObject({
      connection,
      consentUrl: z.string(),
      redirectUri: z.string(),
      expiresAtMs: timeMs,
    }),
    access: 'operator',
    vault: 'unlocked',
    effect: 'write',
  }),
  'oauth.status': operation({
    summary: 'Show whether an account that is being connected is there yet.',
    input: z.strictObject({ connection }),
    output: z.strictObject({
      state: z.enum(['waiting', 'connected', 'failed']),
      secret: secretMetadata.nullable(),
      notices: z.array(notice),
      error: errorBody.nullable(),
    }),
    access: 'operator',
    vault: 'unless-locked',
    effect: 'read',
  }),
  'oauth.cancel': operation({
    summary: 'Give up connecting an account.',
    input: z.strictObject({ connection }),
    output: z.strictObject({ connection }),
    access: 'operator',
    vault: 'unless-locked',
    effect: 'write',
  }),
};
