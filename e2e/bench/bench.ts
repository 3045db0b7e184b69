import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `npm run bench`: every measurement, each in a process of its own, each line with what is wanted of it.
// `npm run bench -- memory vault` runs those. Nothing here is a test: a figure says something about one run on one machine.

const measurements: Readonly<Record<string, string>> = {
  'small-calls': 'small JSON beside nginx and mitmproxy',
  'first-byte': 'the first server-sent event',
  redaction: 'what searching a long stream costs',
  memory: '1 GiB through the host, and 2,000 idle streams',
  'cli-start': 'status and invoke beside node -e 0',
  paths: 'path secrets at 100,000 paths',
  vault: 'the vault at 10,000 secrets and a million audit entries',
  registry: 'what the registry costs at start, and browsing it',
  window: 'the window with long lists',
};
/** Only by name: it takes as long as it says. */
const onRequest: Readonly<Record<string, string>> = { soak: 'ten minutes at half load' };

const wanted = process.argv.slice(2);
const all = { ...measurements, ...onRequest };
const unknown = wanted.filter((name) => !Object.hasOwn(all, name));
if (unknown.length > 0) {
  console.error(`No such measurement: ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}.`);
  process.exit(2);
}

let failed = false;
for (const name of wanted.length > 0 ? wanted : Object.keys(measurements)) {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  console.log(`\n${name}: ${all[name]}`);
  if (!existsSync(file)) {
    console.log('  not there yet');
    continue;
  }
  const { status } = spawnSync(process.execPath, [file], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.log(`  failed (${status})`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
