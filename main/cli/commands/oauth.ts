import { createHash, randomBytes } from 'node:crypto';
import { type Command, command, list, requiredText, text } from '../command.ts';
import { bold, dim } from '../output.ts';
import { invalid } from '../session.ts';

// OAuth accounts: the address where consent is given, with state and PKCE (RFC 7636) always part of it.

/** RFC 3986 §2.3: everything but unreserved characters is percent-encoded; a space is %20. */
const encode = (value: string) =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

interface Consent {
  readonly authUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly challenge: string;
}

/** The consent address. Throws `invalid_request` unless it is https without a fragment. */
export function consentUrl(consent: Consent): string {
  const { authUrl } = consent;
  const parsed = URL.canParse(authUrl) ? new URL(authUrl) : null;
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.hash !== '') {
    throw invalid('--auth-url must be an https address without user or fragment.');
  }
  const scope = consent.scopes
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');
  const parameters: readonly (readonly [string, string])[] = [
    ['response_type', 'code'],
    ['client_id', consent.clientId],
    ['redirect_uri', consent.redirectUri],
    ...(scope === '' ? [] : [['scope', scope] as const]),
    ['state', consent.state],
    ['code_challenge', consent.challenge],
    ['code_challenge_method', 'S256'],
  ];
  const query = parameters.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  return `${authUrl}${authUrl.includes('?') ? '&' : '?'}${query}`;
}

const setupCommand = command({
  words: 'oauth setup',
  summary: 'Print the address where you give an application consent, with state and PKCE.',
  options: {
    provider: requiredText('NAME', 'The provider.', { complete: 'provider' }),
    'auth-url': requiredText('URL', 'Its authorization endpoint.'),
    'client-id': requiredText('ID', 'Your application’s client id.'),
    'redirect-uri': requiredText('URI', 'Where the browser goes afterwards.'),
    scope: list('SCOPE', 'A scope to ask for.'),
    state: text('TEXT', 'The state to send (default: fresh and random).'),
  },
  async run(values, session) {
    for (const name of ['provider', 'auth-url', 'client-id', 'redirect-uri'] as const) {
      if (values[name].trim() === '') throw invalid(`--${name} must not be blank.`);
    }
    // RFC 7636 §4.1: 32 random bytes make a verifier of 43 characters.
    const codeVerifier = randomBytes(32).toString('base64url');
    const state = values.state ?? randomBytes(16).toString('base64url');
    const url = consentUrl({
      authUrl: values['auth-url'],
      clientId: values['client-id'],
      redirectUri: values['redirect-uri'],
      scopes: values.scope,
      state,
      challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    });
    const notes = [
      'Open the address, give consent, and check that state comes back unchanged.',
      'Exchange the code at the token endpoint with the code verifier; the broker takes no part in that.',
      'Store the answer with aivault secrets create: JSON with clientId, clientSecret and refreshToken.',
    ];
    const answer = {
      consentUrl: url,
      state,
      codeVerifier,
      exchangeOutsideBroker: true,
      notes,
      provider: values.provider,
    };
    session.out.answer(answer, () => {
      session.out.line(bold('Open this address'));
      session.out.line('  ', url);
      session.out.line();
      session.out.line('  ', dim('state:         '), state);
      session.out.line('  ', dim('code verifier: '), codeVerifier);
      session.out.line();
      for (const [index, note] of notes.entries()) session.out.line(`  ${index + 1}. ${note}`);
    });
    return 0;
  },
});

export const oauthCommands: readonly Command[] = [setupCommand];
