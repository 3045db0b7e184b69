import type { CapabilityDetail } from '#contract/schemas/catalog.ts';

interface Sample {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** The same request ready to paste for the CLI, curl, Node and Python. No key is in it: the broker adds it. */
export function exampleTexts(id: string, sample: Sample, baseUrl: string): CapabilityDetail['examples'] {
  const request = {
    method: sample.method,
    path: sample.path,
    ...headerList(sample),
    ...(sample.body === undefined ? {} : { body: bodyText(sample.body) }),
  };
  const envelope = JSON.stringify({ capability: id, request });
  const url = `${baseUrl}/aivault/proxy`;
  return [
    { title: 'cli', text: cliText(id, sample) },
    {
      title: 'curl',
      text: `curl --json ${quote(envelope)} -H "authorization: Bearer $AIVAULT_TOKEN" ${url}`,
    },
    {
      title: 'node',
      text: [
        `import { env } from 'node:process';`,
        '',
        `const answer = await fetch('${url}', {`,
        `  method: 'POST',`,
        `  headers: { 'content-type': 'application/json', authorization: \`Bearer \${env.AIVAULT_TOKEN}\` },`,
        `  body: JSON.stringify(${JSON.stringify({ capability: id, request })}),`,
        `});`,
        `console.log(answer.status, await answer.text());`,
      ].join('\n'),
    },
    {
      title: 'python',
      text: [
        'import json, os, urllib.request',
        '',
        `envelope = json.loads(${pythonText(envelope)})`,
        `request = urllib.request.Request("${url}", data=json.dumps(envelope).encode(), method="POST", headers={`,
        '    "content-type": "application/json",',
        '    "authorization": "Bearer " + os.environ["AIVAULT_TOKEN"],',
        '})',
        'print(urllib.request.urlopen(request).read().decode())',
      ].join('\n'),
    },
  ];
}

function cliText(id: string, sample: Sample): string {
  const parts = ['aivault', 'invoke', id, '--method', sample.method, '--path', quote(sample.path)];
  for (const [name, value] of Object.entries(sample.headers ?? {})) parts.push('--header', quote(`${name}=${value}`));
  if (sample.body !== undefined) parts.push('--body', quote(bodyText(sample.body)));
  return parts.join(' ');
}

function headerList(sample: Sample): { headers?: { name: string; value: string }[] } {
  const pairs = Object.entries(sample.headers ?? {}).map(([name, value]) => ({ name, value }));
  const json = sample.body !== undefined && typeof sample.body !== 'string' && !pairs.some(isContentType);
  if (json) pairs.push({ name: 'content-type', value: 'application/json' });
  return pairs.length === 0 ? {} : { headers: pairs };
}

function isContentType({ name }: { name: string }): boolean {
  return name.toLowerCase() === 'content-type';
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** POSIX single quotes. */
function quote(text: string): string {
  return /^[A-Za-z0-9_./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A Python literal: JSON's string grammar is a subset of Python's, but for nothing we write (surrogates stay escaped). */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
