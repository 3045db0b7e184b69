import { once } from 'node:events';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';
import type { Authority } from '../authority.ts';

// A real authorization server (oidc-provider) on real TLS, with rotating refresh tokens and short-lived access tokens.

export const issuer = 'https://id.test';

export interface IdentityProvider {
  readonly port: number;
  /** Requests the token endpoint answered, `grant_type` and status. */
  readonly tokenCalls: { readonly grant: string; readonly status: number; readonly basic: boolean }[];
  /** Whether this is an access token that is good now. */
  knows(accessToken: string): Promise<boolean>;
  /** Ends one access token before its time. */
  revoke(accessToken: string): Promise<void>;
  /** Ends every grant: refresh tokens are refused from here on. */
  revokeGrants(): Promise<void>;
  close(): Promise<void>;
}

const configuration = (accessTokenSeconds: number): Configuration => ({
  clients: [
    {
      client_id: 'public-app',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    {
      client_id: 'secret-app',
      client_secret: 'CANARY-client-secret-0123456789abcdef',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
    },
  ],
  features: { devInteractions: { enabled: true }, clientCredentials: { enabled: true } },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  scopes: ['openid', 'offline_access'],
  ttl: {
    AccessToken: accessTokenSeconds,
    ClientCredentials: accessTokenSeconds,
    RefreshToken: 3600,
    Grant: 3600,
    Interaction: 600,
    Session: 600,
    IdToken: 600,
  },
  cookies: { keys: ['a key for tests'] },
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
});

export async function startIdentityProvider(
  authority: Authority,
  accessTokenSeconds: number,
): Promise<IdentityProvider> {
  const provider = new Provider(issuer, configuration(accessTokenSeconds));
  const tokenCalls: { grant: string; status: number; basic: boolean }[] = [];
  const grants = new Set<string>();
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token') return;
    const { oidc } = ctx;
    tokenCalls.push({
      grant: oidc?.params?.grant_type ?? '',
      status: ctx.status,
      basic: ctx.get('authorization').startsWith('Basic '),
    });
    if (oidc?.entities.Grant !== undefined) grants.add(oidc.entities.Grant.jti);
  });
  const { cert, key } = authority.issue(['id.test']);
  const server = createServer({ cert, key }, provider.callback());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const find = async (token: string) =>
    (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
  return {
    port: (server.address() as AddressInfo).port,
    tokenCalls,
    knows: async (token) => (await find(token))?.isValid === true,
    async revoke(token) {
      await (await find(token))?.destroy();
    },
    async revokeGrants() {
      for (const id of grants) await (await provider.Grant.find(id))?.destroy();
    },
    async close() {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/**
 * What a person does in a browser: opens the consent page, logs in, agrees, and follows the way back. Returns the
 * address the browser was sent to at the end, without opening it.
 */
export async function consent(provider: IdentityProvider, authority: Authority, url: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: string } = { url };
  for (let steps = 0; steps < 20; steps += 1) {
    const target = new URL(next.url, issuer);
    if (target.origin !== issuer) return target.href;
    const { location, body, setCookies } = await visit(provider.port, authority, target, next.form, cookies);
    for (const cookie of setCookies) {
      const [name, value] = cookie.split(';', 1)[0]!.split(/=(.*)/s) as [string, string];
      cookies.set(name, value);
    }
    if (location !== undefined) next = { url: location };
    else {
      const action = /<form[^>]*action="([^"]+)"/.exec(body)?.[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(body)?.[1];
      if (action === undefined || prompt === undefined)
        throw new Error(`no form at ${target.pathname}: ${body.slice(0, 300)}`);
      next = { url: action, form: new URLSearchParams({ prompt, login: 'ada', password: 'x' }).toString() };
    }
  }
  throw new Error('the consent did not come to an end');
}

function visit(
  port: number,
  authority: Authority,
  target: URL,
  form: string | undefined,
  cookies: ReadonlyMap<string, string>,
): Promise<{ location: string | undefined; body: string; setCookies: string[] }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        servername: 'id.test',
        ca: authority.cert,
        agent: false,
        method: form === undefined ? 'GET' : 'POST',
        path: target.pathname + target.search,
        headers: {
          host: 'id.test',
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      },
      (answer) => {
        let body = '';
        answer.on('data', (chunk) => {
          body += chunk;
        });
        answer.on('end', () =>
          resolve({ location: answer.headers.location, body, setCookies: answer.headers['set-cookie'] ?? [] }),
        );
      },
    );
    request.on('error', reject);
    request.end(form);
  });
}
