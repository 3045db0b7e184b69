// `upstream count`, `upstream last`, `upstream forget`: what arrived at the upstream of a script. The secret is shown as
// [canary], so that a script can say where it went without printing it.

interface Row {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const { UPSTREAM_CONTROL = '', CANARY = '' } = process.env;
const [verb] = process.argv.slice(2);
const rows = (await (await fetch(`${UPSTREAM_CONTROL}/${verb === 'forget' ? 'forget' : ''}`)).json()) as readonly Row[];
const covered = (text: string) =>
  text.replaceAll(CANARY, '[canary]').replaceAll(Buffer.from(`u:${CANARY}`).toString('base64'), '[canary as Basic]');

if (verb === 'count') process.stdout.write(`${rows.length}\n`);
if (verb === 'last') {
  const row = rows.at(-1);
  if (row === undefined) process.stdout.write('nothing arrived\n');
  else {
    // Multipart boundaries are random; what changes is shown by its name.
    const boundary = row.headers.map(([, value]) => /boundary=(\S+)/.exec(value)?.[1]).find(Boolean);
    const plain = (text: string) => covered(boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY'));
    const lines = row.headers
      .map(([name, value]) => plain(`${name}: ${value}`))
      .filter((line) => !/^(host|date): /.test(line));
    process.stdout.write(`${row.method} ${plain(row.target)}\n${lines.toSorted().join('\n')}\n`);
    if (row.body !== '') process.stdout.write(`\n${plain(row.body)}\n`);
  }
}
