import type { CapabilityDetail } from '#contract/schemas/catalog.ts';
import { bold, dim, green, type Output, yellow } from '../output.ts';
import { invokeOptions } from './invoke-options.ts';

/** How a description reads as JSON: what is allowed, how to call it, and what is still missing. */
export function describeAnswer(detail: CapabilityDetail) {
  const { defaults, methods, paths } = detail;
  const noMethod = defaults.method === null && !methods.includes('POST') && !methods.includes('GET');
  const missing = [...(noMethod ? ['--method'] : []), ...(defaults.path === null ? ['--path'] : [])];
  return {
    allowed: { hosts: detail.hosts, methods, pathPrefixes: paths, exclude: detail.exclude },
    call: {
      defaults,
      requiredFlagsWhenNoRequestPayload: missing,
      optionalFlags: Object.keys(invokeOptions).map((name) => `--${name}`),
      passThrough: detail.passThrough,
      payloadModes: ['body', 'body-file-path', 'multipart', 'request', 'request-file'],
      howTo: {
        examples: detail.examples.map(({ title, text }) => ({ title, command: text })),
        notes: [
          'The host comes from the capability, never from the request.',
          'Auth is added by the broker; requests that bring their own are refused.',
        ],
        templates: {
          envelope: {
            capability: detail.id,
            request: {
              method: defaults.method ?? methods[0],
              path: defaults.path ?? paths[0],
              headers: [],
              body: null,
            },
          },
          request: { method: defaults.method ?? methods[0], path: defaults.path ?? paths[0] },
        },
      },
    },
    capability: detail.id,
    provider: detail.provider,
    setup: detail.setup,
    summary: detail.summary,
    category: detail.category,
    effect: detail.effect,
    origin: detail.origin,
    ready: detail.ready,
    enabled: detail.enabled,
    authKind: detail.authKind,
    signedInput: detail.signedInput,
    credentials: detail.credentials,
    policy: detail.policy,
    docsUrl: detail.docsUrl,
  };
}

const titles = { cli: 'CLI', curl: 'curl', node: 'Node', python: 'Python' } as const;

function limits(out: Output, policy: CapabilityDetail['policy']): void {
  const rows: readonly (readonly [string, string | null])[] = [
    ['Calls per minute', policy.rateLimitPerMinute?.toString() ?? null],
    ['Request body', policy.maxRequestBodyBytes === null ? null : `at most ${policy.maxRequestBodyBytes} bytes`],
    ['Answer body', policy.maxResponseBodyBytes === null ? null : `at most ${policy.maxResponseBodyBytes} bytes`],
    ['Hidden fields', policy.responseBodyBlocklist.length === 0 ? null : policy.responseBodyBlocklist.join(', ')],
    ['Asks you', policy.askOperator ? 'before each call' : null],
  ];
  const set = rows.filter(([, value]) => value !== null);
  if (set.length === 0) return;
  out.line();
  out.line(bold('Limits'));
  for (const [label, value] of set) out.line('  ', dim(label.padEnd(18)), value!);
}

/** What an omitted --method means; the broker decides, this only says it. */
function defaultMethod({ defaults, methods }: CapabilityDetail): string {
  if (defaults.method !== null) return defaults.method;
  if (!methods.includes('POST') && !methods.includes('GET')) return '--method is needed';
  return methods.includes('POST') ? `POST with a body${methods.includes('GET') ? ', else GET' : ''}` : 'GET';
}

/** The description as a person reads it. */
export function printDetail(out: Output, detail: CapabilityDetail): void {
  const state = detail.enabled ? (detail.ready ? green('ready') : yellow('not ready')) : yellow('disabled');
  out.line(bold(detail.id), '  ', state, dim(`  ${detail.effect}`));
  out.line(detail.summary);
  out.line();
  const fact = (label: string, value: string) => out.line('  ', dim(label.padEnd(13)), value);
  fact('Provider:', detail.providerName);
  fact('Hosts:', detail.hosts.join(', '));
  fact('Methods:', detail.methods.join(', '));
  fact('Paths:', detail.paths.join(', '));
  if (detail.exclude.length > 0) fact('Not:', detail.exclude.join(', '));
  fact('Default:', `${defaultMethod(detail)}, ${detail.defaults.path ?? '--path is needed'}`);
  fact('Auth:', detail.authKind);
  if (detail.signedInput !== null) fact('Signs:', detail.signedInput);
  fact('Base URL:', `${detail.passThrough}, with a token where the key would stand`);
  if (detail.credentials.length > 0) fact('Credentials:', detail.credentials.join(', '));
  if (detail.docsUrl !== null) fact('Docs:', detail.docsUrl);
  limits(out, detail.policy);
  if (!detail.ready && detail.setup !== null) {
    out.line();
    out.line(bold('Set up'));
    if (detail.setup.note !== '') out.line('  ', detail.setup.note);
    for (const line of detail.setup.commands) out.line('  ', line);
  }
  for (const { title, text } of detail.examples) {
    out.line();
    out.line(bold(titles[title]));
    for (const line of text.split('\n')) out.line('  ', line);
  }
}
