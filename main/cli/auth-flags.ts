import type { Input } from '#contract/call.ts';
import { list, text } from './command.ts';
import { readEntry } from './env-file.ts';
import { invalid } from './session.ts';

// --auth and the flags that go with each auth kind. What a template may hold is the host's to judge.

type Auth = NonNullable<Input<'credentials.create'>['auth']>;

type Kind = Auth['kind'];

/** The flags that go with each kind. One that is added to the schema and not here does not compile. */
const flagsOf: Readonly<Record<Kind, readonly (keyof AuthValues)[]>> = {
  header: ['header-name', 'value-template'],
  query: ['query-param'],
  path: ['path-prefix-template'],
  basic: ['basic-username', 'basic-password'],
  'multi-header': ['auth-header'],
  'multi-query': ['auth-query'],
  oauth2: ['grant-type', 'token-endpoint', 'authorization-endpoint', 'authorization-parameter', 'scope', 'client-auth'],
  'aws-sigv4': ['aws-service', 'aws-region'],
  hmac: ['header-name', 'value-template', 'hmac-algorithm'],
  mtls: [],
};
const authKinds = Object.keys(flagsOf) as readonly Kind[];

export const authOptions = {
  auth: text('KIND', `How the secret is sent: ${authKinds.join(', ')}.`, {
    choices: authKinds,
    alsoTaken: ['o-auth2'],
  }),
  'header-name': text('NAME', 'Kinds header and hmac: the header (default: authorization; x-signature).'),
  'value-template': text(
    'TEXT',
    'Kinds header and hmac: its value (default: Bearer {{secret}}; sha256={{signature}}).',
  ),
  'query-param': text('NAME', 'Kind query: the parameter (default: api_key).'),
  'path-prefix-template': text('PATH', 'Kind path: what comes before the path (default: /bot{{secret}}).'),
  'auth-header': list('NAME=TEMPLATE', 'Kind multi-header: one header.'),
  'auth-query': list('NAME=TEMPLATE', 'Kind multi-query: one parameter.'),
  'basic-username': text('TEMPLATE', 'Kind basic: the user (default: {{username}}).'),
  'basic-password': text('TEMPLATE', 'Kind basic: the password (default: {{password}}).'),
  'grant-type': text('GRANT', 'Kind oauth2: refresh_token or client_credentials (default: refresh_token).'),
  'token-endpoint': text('URL', 'Kind oauth2: where access tokens come from.'),
  'authorization-endpoint': text('URL', 'Kind oauth2: where consent is given, for aivault oauth connect.'),
  'authorization-parameter': list(
    'NAME=VALUE',
    'Kind oauth2: what that address needs as well, such as prompt=consent.',
  ),
  scope: list('SCOPE', 'Kind oauth2: a scope to ask for.'),
  'client-auth': text('WAY', 'Kind oauth2: basic or body (default: basic).', { choices: ['basic', 'body'] }),
  'aws-service': text('NAME', 'Kind aws-sigv4: the service (default: s3).'),
  'aws-region': text('NAME', 'Kind aws-sigv4: the region (default: us-east-1).'),
  'hmac-algorithm': text('NAME', 'Kind hmac: sha256 or sha512 (default: sha256).', { choices: ['sha256', 'sha512'] }),
} as const;

type ListFlag = 'auth-header' | 'auth-query' | 'authorization-parameter' | 'scope';
type Single = Exclude<keyof typeof authOptions, ListFlag>;
type AuthValues = { readonly [K in Single]: string | undefined } & { readonly [K in ListFlag]: readonly string[] };

/** A flag of another kind is refused: it would silently mean nothing. */
function refuseForeign(kind: Kind | undefined, values: AuthValues): void {
  for (const option of Object.keys(authOptions) as (keyof AuthValues)[]) {
    const value = values[option];
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (option === 'auth' || !isGiven || (kind !== undefined && flagsOf[kind].includes(option))) continue;
    const kinds = authKinds.filter((each) => flagsOf[each].includes(option));
    throw invalid(`--${option} belongs to --auth ${kinds.join(' or --auth ')}.`);
  }
}

function templates(option: 'auth-header' | 'auth-query', written: readonly string[]) {
  if (written.length === 0) throw invalid(`--${option} NAME=TEMPLATE is needed at least once.`);
  return written.map((text, index) => {
    const { name, value } = readEntry(text, `--${option} number ${index + 1}`);
    return { name, template: value };
  });
}

/** What the flags say, or undefined where --auth is not given (a known provider brings its own). */
export function readAuth(values: AuthValues): Auth | undefined {
  const written = values.auth === 'o-auth2' ? 'oauth2' : values.auth;
  const kind = authKinds.find((each) => each === written);
  refuseForeign(kind, values);
  return kind === undefined ? undefined : authOf(kind, values);
}

function authOf(kind: Kind, values: AuthValues): Auth {
  switch (kind) {
    case 'header':
      return {
        kind,
        name: values['header-name'] ?? 'authorization',
        template: values['value-template'] ?? 'Bearer {{secret}}',
      };
    case 'query':
      return { kind, name: values['query-param'] ?? 'api_key', template: '{{secret}}' };
    case 'path':
      return { kind, prefix: values['path-prefix-template'] ?? '/bot{{secret}}' };
    case 'basic':
      return {
        kind,
        username: values['basic-username'] ?? '{{username}}',
        password: values['basic-password'] ?? '{{password}}',
      };
    case 'multi-header':
      return { kind, headers: templates('auth-header', values['auth-header']) };
    case 'multi-query':
      return { kind, params: templates('auth-query', values['auth-query']) };
    case 'oauth2':
      return oauth2(values);
    case 'aws-sigv4':
      return { kind, service: values['aws-service'] ?? 's3', region: values['aws-region'] ?? 'us-east-1' };
    case 'hmac': {
      const algorithm = values['hmac-algorithm'] === 'sha512' ? 'sha512' : 'sha256';
      return {
        kind,
        algorithm,
        name: values['header-name'] ?? 'x-signature',
        template: values['value-template'] ?? `${algorithm}={{signature}}`,
      };
    }
    case 'mtls':
      return { kind };
  }
}

function oauth2(values: AuthValues): Auth {
  const grant = values['grant-type'] ?? 'refresh_token';
  if (grant !== 'refresh_token' && grant !== 'client_credentials') {
    throw invalid('--grant-type must be refresh_token or client_credentials.');
  }
  const tokenEndpoint = values['token-endpoint'];
  if (tokenEndpoint === undefined) throw invalid('--auth oauth2 needs --token-endpoint.');
  const clientAuth = values['client-auth'] === 'body' ? 'body' : 'basic';
  const authorizationEndpoint = values['authorization-endpoint'];
  const parameters = values['authorization-parameter'].map((written, index) => {
    const { name, value } = readEntry(written, `--authorization-parameter number ${index + 1}`);
    return [name, value] as const;
  });
  return {
    kind: 'oauth2',
    grant,
    tokenEndpoint,
    ...(authorizationEndpoint === undefined ? {} : { authorizationEndpoint }),
    ...(parameters.length === 0 ? {} : { authorizationParameters: Object.fromEntries(parameters) }),
    scopes: [...values.scope],
    clientAuth,
  };
}
