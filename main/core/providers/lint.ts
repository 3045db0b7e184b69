import type { Auth } from '#contract/schemas/auth.ts';
import { lintCapability } from './lint-capability.ts';
import type { Finding, Group, LintRule } from './lint-finding.ts';
import { lintOverlaps } from './lint-overlaps.ts';
import type { Provider } from './schema.ts';

// What a schema cannot see. A provider file is reviewed like code, and this is the reviewer that never tires.

/** Everything wrong with a set of providers; empty when all is well. */
export function lintRegistry(providers: readonly Provider[]): Finding[] {
  return [...duplicates(providers), ...providers.flatMap(lintProvider)];
}

function lintProvider(provider: Provider): Finding[] {
  const groups = groupsOf(provider);
  return [
    ...groups.flatMap(lintGroup),
    ...unusedHosts(provider),
    ...headerFindings(provider, groups),
    ...groups.flatMap((group) => group.capabilities.flatMap((capability) => lintCapability(group, capability))),
    ...groups.flatMap(lintOverlaps),
  ];
}

function groupsOf(provider: Provider): Group[] {
  const { provider: name, auth, secrets, hosts, capabilities } = provider;
  return [
    { provider: name, auth, secrets, hosts, capabilities },
    ...provider.alternatives.map((alternative) => ({ provider: name, ...alternative })),
  ];
}

function lintGroup({ provider, auth, secrets }: Group): Finding[] {
  const finding = (rule: LintRule, text: string): Finding => ({ provider, capability: null, rule, text });
  const known = new Set(['secret', ...secrets.flatMap((secret) => [secret.field, ...secret.jsonFields])]);
  if (secrets.length > 1) known.delete('secret');
  for (const secret of secrets) known.add(secret.field);
  const used = fieldsOf(auth);
  const found: Finding[] = [];
  for (const field of used) {
    if (!known.has(field)) found.push(finding('template', `{{${field}}} is no field of its secrets`));
  }
  for (const secret of secrets) {
    const names = [secret.field, ...secret.jsonFields];
    if (used.length > 0 && !names.some((name) => used.includes(name))) {
      found.push(
        finding('template', `the secret ${secret.name} is asked for, but no template uses {{${secret.field}}}`),
      );
    }
  }
  for (const { name, identifier } of secrets) {
    if (identifier && /(?:KEY|TOKEN|SECRET|PASSWORD)$/.test(name)) {
      found.push(finding('secret', `${name} is no identifier: answers must not show it`));
    }
  }
  if (new Set(secrets.map((secret) => secret.field)).size !== secrets.length) {
    found.push(finding('secret', 'two secrets have the same field'));
  }
  return found;
}

/** The fields an auth's templates name; none where the kind reads a JSON secret of its own shape (oauth2, aws-sigv4, mtls). */
function fieldsOf(auth: Auth): string[] {
  const names = JSON.stringify(auth).matchAll(/\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g);
  return [...names].map((match) => match[1]!).filter((name) => !(auth.kind === 'hmac' && name === 'signature'));
}

function unusedHosts(provider: Provider): Finding[] {
  const used = new Set(provider.capabilities.map((capability) => capability.host ?? provider.hosts[0]!));
  return provider.hosts
    .filter((host) => !used.has(host))
    .map((host) => ({
      provider: provider.provider,
      capability: null,
      rule: 'host',
      text: `nothing uses the host ${host}`,
    }));
}

const neverForwarded =
  /^(?:host|cookie|connection|content-length|transfer-encoding|upgrade|te|trailer|proxy-.*|x-forwarded-.*|forwarded|x-http-method.*)$/;

function headerFindings(provider: Provider, groups: readonly Group[]): Finding[] {
  const owned = groups.flatMap((group) => ownedHeaders(group.auth));
  return provider.requestHeaders
    .filter((header) => neverForwarded.test(header) || owned.some((name) => fits(header, name)))
    .map((header) => ({
      provider: provider.provider,
      capability: null,
      rule: 'header',
      text: `the request header ${header} is the broker's own`,
    }));
}

function ownedHeaders(auth: Auth): string[] {
  if (auth.kind === 'header' || auth.kind === 'hmac') return [auth.name, 'authorization'];
  if (auth.kind === 'multi-header') return [...auth.headers.map((header) => header.name), 'authorization'];
  return ['authorization'];
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function duplicates(providers: readonly Provider[]): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  for (const provider of providers) {
    const secrets = groupsOf(provider).flatMap((group) => group.secrets.map((secret) => `secret ${secret.name}`));
    const names = [`provider ${provider.provider}`, ...new Set(secrets)];
    for (const name of names) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, provider.provider);
      else
        found.push({
          provider: provider.provider,
          capability: null,
          rule: 'secret',
          text: `${name} is already ${owner}'s`,
        });
    }
  }
  return found;
}
