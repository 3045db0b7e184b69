import { z } from 'zod';
import { scopeNames } from '../choices.ts';
import { looksLikeKey } from '../key-like.ts';
import { context, groupAttachment, scope } from './scope.ts';

/** The most a secret may hold: room for a certificate chain and its key. */
export const maxSecretBytes = 64 * 1024;

export const secretId = z.uuid('an id, as `aivault secrets list` shows it');
export const timeMs = z.int().nonnegative();
export const printable = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;
/** A secret's name: printable, no control or direction characters, at most 120. */
export const secretName = z.string().trim().min(1).max(120).regex(printable, 'printable characters only');
/** A name that is given now. One given before stays readable whatever it looks like. */
export const newSecretName = secretName.refine((name) => !looksLikeKey(name), 'a key is no name');
export const secretRef = z
  .string()
  .trim()
  .regex(/^vault:secret:\s*[0-9a-f-]{36}$/, 'vault:secret:<secret id>')
  .transform((text) => text.slice('vault:secret:'.length).trim());
/** A value on its way in. It never travels the other way. */
export const secretValue = z.string().min(1, 'an empty value is not a secret').max(maxSecretBytes);

/** What anybody may know about a secret: everything but its value. */
export const secretMetadata = z.strictObject({
  secretId,
  name: secretName,
  aliases: z.array(secretName),
  scope,
  systemManaged: z.boolean(),
  pinnedProvider: z.string().optional(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  lastUsedAtMs: timeMs.nullable(),
  revokedAtMs: timeMs.nullable(),
  valueVersion: z.int().positive(),
  attachedGroups: z.array(groupAttachment),
  /** Keyed with the vault's own key: equal values show equal, nothing else can be learned. 16 hex digits. */
  fingerprint: z.string(),
  /** Where the value may be sent: the provider's hosts, or what its first credential fixed. */
  hosts: z.array(z.string()),
});
export type SecretMetadata = z.output<typeof secretMetadata>;

/** What storing a secret set in motion, a sentence each. */
export const notice = z.strictObject({
  kind: z.enum(['created', 'waiting', 'provisioned', 'reconciled', 'warning']),
  text: z.string(),
});
export type Notice = z.output<typeof notice>;

export const secretListFilter = z.strictObject({
  scope: z.enum(scopeNames).optional(),
  ...context.shape,
});
