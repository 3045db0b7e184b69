import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../main/core/providers/schema.ts';

// Official SDKs and OpenAPI descriptions know their API's paths. What a pattern of ours matches in none of them is worth a
// second look: it may be invented, retired, or only missing from that SDK.

/** Where an official package holds a provider's paths, and the base path it leaves out. */
export const packagesOf: Readonly<Record<string, { readonly folder: string; readonly base?: string }>> = {
  anthropic: { folder: '@anthropic-ai/sdk/resources' },
  asana: { folder: 'asana/dist/api', base: '/api/1.0' },
  assemblyai: { folder: 'assemblyai/dist' },
  auth0: { folder: 'auth0/dist', base: '/api/v2' },
  brevo: { folder: '@getbrevo/brevo', base: '/v3' },
  browserbase: { folder: '@browserbasehq/sdk/resources' },
  cartesia: { folder: '@cartesia/cartesia-js' },
  cloudflare: { folder: 'cloudflare/resources', base: '/client/v4' },
  cohere: { folder: 'cohere-ai' },
  datadog: { folder: '@datadog/datadog-api-client/dist' },
  deepgram: { folder: '@deepgram/sdk', base: '/v1' },
  docusign: { folder: 'docusign-esign', base: '/restapi' },
  dropbox: { folder: 'dropbox', base: '/2' },
  easypost: { folder: '@easypost/api', base: '/v2' },
  elevenlabs: { folder: '@elevenlabs/elevenlabs-js' },
  github: { folder: '@octokit/openapi/generated/api.github.com.json' },
  gocardless: { folder: 'gocardless-nodejs' },
  'google-calendar': { folder: '@googleapis/calendar' },
  'google-docs': { folder: '@googleapis/docs' },
  'google-drive': { folder: '@googleapis/drive' },
  'google-sheets': { folder: '@googleapis/sheets' },
  'google-tasks': { folder: '@googleapis/tasks' },
  groq: { folder: 'groq-sdk/resources' },
  intercom: { folder: 'intercom-client' },
  jira: { folder: 'jira.js' },
  klaviyo: { folder: 'klaviyo-api' },
  launchdarkly: { folder: 'launchdarkly-api' },
  line: { folder: '@line/bot-sdk' },
  luma: { folder: 'lumaai/resources', base: '/dream-machine/v1' },
  mailchimp: { folder: '@mailchimp/mailchimp_marketing', base: '/3.0' },
  miro: { folder: '@mirohq/miro-api' },
  mistral: { folder: '@mistralai/mistralai' },
  mux: { folder: '@mux/mux-node/resources' },
  notion: { folder: '@notionhq/client', base: '/v1' },
  okta: { folder: '@okta/okta-sdk-nodejs' },
  openai: { folder: 'openai/resources', base: '/v1' },
  paddle: { folder: '@paddle/paddle-node-sdk/dist' },
  perplexity: { folder: '@perplexity-ai/perplexity_ai/resources' },
  pinecone: { folder: '@pinecone-database/pinecone/dist' },
  plaid: { folder: 'plaid/dist' },
  polygon: { folder: '@polygon.io/client-js/dist' },
  replicate: { folder: 'replicate', base: '/v1' },
  resend: { folder: 'resend/dist' },
  runway: { folder: '@runwayml/sdk/resources' },
  shippo: { folder: 'shippo' },
  shortcut: { folder: '@shortcut/client' },
  square: { folder: 'square' },
  stripe: { folder: 'stripe/esm/resources' },
  stytch: { folder: 'stytch/dist' },
  together: { folder: 'together-ai/resources', base: '/v1' },
  vercel: { folder: '@vercel/sdk' },
  workos: { folder: '@workos-inc/node' },
  youtube: { folder: '@googleapis/youtube' },
};

export interface Comparison {
  readonly patterns: number;
  /** `capability pattern` for each that the package does not know. */
  readonly unknown: readonly string[];
}

/** Compares a provider's patterns with its package below `modules`; null where that is not installed. */
export function compareWithPackage(provider: Provider, modules: string): Comparison | null {
  const source = packagesOf[provider.provider];
  if (source === undefined || !existsSync(join(modules, source.folder))) return null;
  const known = [...pathsIn(join(modules, source.folder))].join('\n');
  const capabilities = [...provider.capabilities, ...provider.alternatives.flatMap((each) => each.capabilities)];
  const patterns = capabilities.flatMap(({ id, paths }) => paths.map((path) => ({ id, path })));
  const unknown = patterns.filter(({ path }) => !matcher(path, source.base ?? '').test(known));
  return { patterns: patterns.length, unknown: unknown.map(({ id, path }) => `${id} ${path}`) };
}

/** Every string of the package that could be a path, parameters written as `{}`. */
function pathsIn(place: string): Set<string> {
  const found = new Set<string>();
  for (const file of place.endsWith('.json') ? [place] : scriptsIn(place)) {
    const text = readFileSync(file, 'utf8').replaceAll(/\$\{[^}]*\}/g, '{}');
    for (const [, words] of text.matchAll(/[`'"]((?:[A-Za-z0-9_.@:{}?=-]|\/)+)[`'"]/g)) {
      const path = words!
        .replaceAll(/\{[^}]*\}/g, '{}')
        .replace(/\?.*$/, '')
        .replace(/\/$/, '');
      found.add(path.startsWith('/') ? path : `/${path}`);
    }
  }
  return found;
}

function* scriptsIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') yield* scriptsIn(path);
    } else if (/\.(?:js|mjs|cjs)$/.test(entry.name)) yield path;
  }
}

/** Matches any line that the pattern covers; a parameter of either side stands for the other's text. */
function matcher(pattern: string, base: string): RegExp {
  const open = pattern.endsWith('/**');
  const body = (open ? pattern.slice(0, -3) : pattern).replace(/\/$/, '');
  const short = base !== '' && body.startsWith(`${base}/`) ? body.slice(base.length) : body;
  const segments = short
    .slice(1)
    .split('/')
    .map((segment) =>
      segment
        .split(/\{[^}]*\}/)
        .map(literally)
        .join('[^/\n]+'),
    );
  return new RegExp(`^(?:${literally(base)})?/${segments.join('/')}${open ? '(?:/.*)?' : ''}$`, 'm');
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
