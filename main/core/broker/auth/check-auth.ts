import { AivaultError } from '#contract/errors.ts';
import type { Auth } from '#contract/schemas/auth.ts';
import { checkTokenEndpoint } from '../oauth/token-endpoint.ts';
import { namesIn } from './template.ts';

/** Headers that frame the message or choose its target: never a place for a secret (RFC 9110 §7, RFC 9112 §6). */
const framing = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'proxy-connection',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'accept',
  'range',
  'origin',
  'referer',
]);

/**
 * What a credential's auth must satisfy beyond its schema. Throws `invalid_request`. `hosts` are the credential's: the
 * token endpoint of a provider of the operator's own must be one of them, so that its secret has one fixed list.
 */
export function checkAuth(auth: Auth, hosts: readonly string[]): void {
  for (const name of headerNames(auth)) {
    if (framing.has(name) || name.startsWith('sec-')) throw refused(`The header ${name} cannot carry a credential.`);
  }
  if (auth.kind === 'hmac' && !namesIn(auth.template).includes('signature')) {
    throw refused('The hmac template needs {{signature}}.');
  }
  if (auth.kind === 'basic') checkBasic(auth.username, auth.password);
  if (auth.kind === 'path') checkPrefix(auth.prefix);
  if (auth.kind === 'oauth2') checkTokenEndpoint(auth.tokenEndpoint, hosts);
}

function headerNames(auth: Auth): readonly string[] {
  if (auth.kind === 'header' || auth.kind === 'hmac') return [auth.name];
  return auth.kind === 'multi-header' || auth.kind === 'oauth2' ? auth.headers.map(({ name }) => name) : [];
}

function checkBasic(username: string, password: string): void {
  if (namesIn(username).length + namesIn(password).length === 0) {
    throw refused('Basic auth needs a {{field}} in its user or password.');
  }
  if (/[^\x20-\x7e]/.test(username + password) || username.replaceAll(/\{\{[^}]*\}\}/g, '').includes(':')) {
    throw refused('A Basic user is printable ASCII without a colon.');
  }
}

function checkPrefix(prefix: string): void {
  if (prefix.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)) || prefix.includes('//')) {
    throw refused('A path prefix has no empty and no dot segments.');
  }
}

const refused = (message: string) => new AivaultError('invalid_request', message);
