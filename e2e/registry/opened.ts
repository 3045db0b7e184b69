import type { CredentialView } from '#core/broker/parties.ts';
import { fromRegistry } from '#core/catalog/credential-view.ts';
import type { RegistryCapability } from '#core/providers/catalog.ts';
import { registry } from '#core/providers/load.ts';
import type { Provider, ProviderAlternative, ProviderSecret } from '#core/providers/schema.ts';

// What a provider's secrets (or an alternative's) open, with secrets that cannot be mistaken for anything else.

export interface Opened {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly entries: readonly RegistryCapability[];
  /** All of the provider's, an alternative's own included: what policy compares them with. */
  readonly siblings: readonly RegistryCapability[];
  readonly credential: CredentialView;
  /** Per field, as the vault would give it. */
  readonly values: Readonly<Record<string, string>>;
  /** Every value that must stay unseen by the caller. */
  readonly secrets: readonly string[];
}

/** A tenant's host: whatever the customer's name or region is. */
export function tenantHost(pattern: string): string {
  return pattern.replace(/\{[a-z]+\}/, 'acme');
}

export function openedBy(provider: Provider): Opened[] {
  return [null, ...provider.alternatives].map((alternative) => open(provider, alternative));
}

function open(provider: Provider, alternative: ProviderAlternative | null): Opened {
  const { secrets, hosts } = alternative ?? provider;
  const name = alternative === null ? provider.provider : `${provider.provider}.${alternative.id}`;
  const values = Object.fromEntries(secrets.map((secret) => [secret.field, canaryValue(name, secret)]));
  const identifiers = fromRegistry(provider, alternative).identifiers;
  const parts = Object.entries(values).flatMap(([field, value]) => partsOf(field, value));
  const every = registry();
  return {
    name,
    hosts: hosts.map(tenantHost),
    entries: every.capabilitiesOf(provider.provider, alternative?.id ?? null),
    siblings: [null, ...provider.alternatives].flatMap((each) =>
      each !== null && each.capabilities.length === 0 ? [] : every.capabilitiesOf(provider.provider, each?.id ?? null),
    ),
    credential: {
      ...fromRegistry(provider, alternative),
      id: name,
      context: {},
      hosts: hosts.map(tenantHost),
      secretIds: {},
      allowLocal: false,
    },
    values,
    secrets: parts.filter(([field]) => !identifiers.has(field)).map(([, value]) => value),
  };
}

function partsOf(field: string, value: string): [string, string][] {
  if (!value.startsWith('{')) return [[field, value]];
  return Object.entries(JSON.parse(value) as Record<string, string | number>).flatMap(([key, part]) =>
    typeof part === 'string' ? [[key, part]] : [],
  );
}

function canaryValue(name: string, secret: ProviderSecret): string {
  const canary = (field: string) => `canary-${name}-${field}-5f3a`;
  if (secret.jsonFields.length === 0) return canary(secret.field);
  const members = secret.jsonFields.map((field) => [field, /expires/i.test(field) ? 1_900_000_000_000 : canary(field)]);
  return JSON.stringify(Object.fromEntries(members));
}

export interface ExpectedAuth {
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** How often each value may stand in the whole request. */
  readonly occurrences: readonly (readonly [value: string, times: number])[];
}

/** Where the auth must be, worked out from the registry file and nothing of the broker's. */
export function expectedAuth({ credential, values }: Opened, path: string): ExpectedAuth {
  const fields = new Map(Object.entries(values).flatMap(([field, value]) => partsOf(field, value)));
  const prefix = credential.upstreamPathPrefix ?? '';
  const { auth } = credential;
  const target = `${prefix}${path}`;
  const render = (template: string) =>
    template.replace(/\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g, (_, field: string) => fields.get(field)!);
  const withQuery = (pairs: readonly { name: string; template: string }[]) => {
    const added = pairs.map((pair) => `${pair.name}=${encodeURIComponent(render(pair.template))}`).join('&');
    return `${target}${path.includes('?') ? '&' : '?'}${added}`;
  };
  switch (auth.kind) {
    case 'header':
      return expect(target, [[auth.name, render(auth.template)]]);
    case 'multi-header':
      return expect(
        target,
        auth.headers.map((header) => [header.name, render(header.template)]),
      );
    case 'query':
      return expect(withQuery([auth]), []);
    case 'multi-query':
      return expect(withQuery(auth.params), []);
    case 'path':
      return expect(`${render(auth.prefix)}${target}`, []);
    case 'basic': {
      const pair = Buffer.from(`${render(auth.username)}:${render(auth.password)}`).toString('base64');
      return expect(target, [['authorization', `Basic ${pair}`]]);
    }
    case 'oauth2': {
      const token = fields.get('accessToken') ?? fields.get('access_token')!;
      const extra = auth.headers.map((header) => [header.name, render(header.template)] as const);
      return expect(target, [['authorization', `Bearer ${token}`], ...extra]);
    }
    default:
      // A signature cannot be told beforehand; the key must not be there (the S3 suite checks the signature itself).
      return expect(target, []);
  }

  function expect(sent: string, headers: readonly (readonly [string, string])[]): ExpectedAuth {
    const wire = [sent, ...headers.map(([, value]) => value)].join('\n');
    const shownInSignature = (field: string) =>
      auth.kind === 'aws-sigv4' && /accessKeyId|sessionToken/.test(field) ? 1 : 0;
    const occurrences = [...fields].map(
      ([field, value]) => [value, wire.split(value).length - 1 + shownInSignature(field)] as const,
    );
    return { target: sent, headers, occurrences };
  }
}
