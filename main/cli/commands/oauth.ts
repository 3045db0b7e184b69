import { createHash, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { errorFromBody } from '#contract/errors.ts';
import { openInBrowser } from '../browser.ts';
import { type Command, command, flag, list, optionalArgument, requiredText, text } from '../command.ts';
import { bold, dim } from '../output.ts';
import { readScope, scopeOptions } from '../scope-flags.ts';
import { isGiven, readSecret } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';

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

const connectCommand = command({
  words: 'oauth connect',
  summary: summaries['oauth.begin'],
  arguments: { provider: optionalArgument('The provider whose account is connected.', { complete: 'provider' }) },
  options: {
    credential: text('ID', 'A credential of your own whose secret gets the tokens, instead of a provider.', {
      complete: 'credential',
    }),
    'client-id': text('ID', 'Your application’s client id.'),
    'client-secret-file': text('FILE', 'Read your application’s client secret from a file.', { complete: 'file' }),
    'client-secret-stdin': flag('Read your application’s client secret from stdin.'),
    'oauth-scope': list('SCOPE', 'A scope to ask for, instead of the usual ones.'),
    ...scopeOptions,
    'no-open': flag('Only print the address.'),
  },
  async run(values, session) {
    const { provider, credential } = values;
    if ((provider === undefined) === (credential === undefined))
      throw invalid('Name a provider or a --credential, and only one of them.');
    const ways = {
      name: 'client-secret',
      text: undefined,
      file: values['client-secret-file'],
      stdin: values['client-secret-stdin'],
    };
    const hasSecret = isGiven(ways);
    const begun = await session.ask('oauth.begin', {
      ...(provider === undefined ? {} : { provider }),
      ...(credential === undefined ? {} : { credential }),
      ...(values['client-id'] === undefined ? {} : { clientId: values['client-id'] }),
      ...(hasSecret ? { clientSecret: await readSecret(session, ways, 'Client secret') } : {}),
      ...(values['oauth-scope'].length === 0 ? {} : { scopes: [...values['oauth-scope']] }),
      scope: readScope(values),
    });
    session.out.aside(bold('Give consent at this address'));
    session.out.aside('  ', begun.consentUrl);
    if (!values['no-open']) openInBrowser(begun.consentUrl, session.environment);
    return finishConnecting(session, begun.connection);
  },
});

/** Waits for the browser to come back. Interrupted, the connection is given up, so its listener closes. */
async function finishConnecting(session: Session, connection: string): Promise<number> {
  for (;;) {
    const status = await session.ask('oauth.status', { connection });
    if (status.state === 'failed') throw errorFromBody(status.error ?? undefined);
    if (status.state === 'connected') {
      for (const notice of status.notices) session.out.notice(notice.text);
      session.out.answer(status.secret, () => session.out.line('Account connected.'));
      return 0;
    }
    await setTimeout(500, undefined, { signal: session.signal }).catch(async (cause: unknown) => {
      // A host that is gone, or whose vault was locked, has given it up by itself.
      await session.ask('oauth.cancel', { connection }).catch(() => undefined);
      throw cause;
    });
  }
}

export const oauthCommands: readonly Command[] = [setupCommand, connectCommand];
