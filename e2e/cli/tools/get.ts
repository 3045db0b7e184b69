// `… --json | get secrets.0.name`: one value out of JSON on stdin. `get keys` lists the keys of an object, `get length`
// its length; strings are printed bare, everything else as JSON.

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
let value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
for (const path of process.argv.slice(2)) {
  let found = value;
  for (const part of path === '.' ? [] : path.split('.')) {
    if (part === 'keys') found = Object.keys(found as object).join(' ');
    else if (part === 'length' && Array.isArray(found)) found = found.length;
    else found = (found as Record<string, unknown> | undefined)?.[part];
  }
  process.stdout.write(`${typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing')}\n`);
}
value = undefined;
