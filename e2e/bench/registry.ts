// What the registry costs a host at start: the built module, imported and indexed in a process of its own, and how long a
// running host takes to list and search all of it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { registryPlugin } from '../../tools/registry-plugin.ts';
import { startTestHost } from '../test-host.ts';
import { median } from './load.ts';

const rounds = Number(process.argv[2] ?? 15);
const wantedMs = 30;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'node_modules/.cache/bench-registry');
const bundle = path.join(folder, 'registry.mjs');

mkdirSync(folder, { recursive: true });
await build({
  configFile: false,
  envDir: false,
  root,
  logLevel: 'warn',
  plugins: [registryPlugin()],
  build: {
    ssr: true,
    outDir: folder,
    copyPublicDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: { registry: path.join(root, 'main/core/providers/load.ts') },
      output: { format: 'es', entryFileNames: '[name].mjs' },
    },
  },
});

const probe = path.join(folder, 'probe.mjs');
// Processor time: what the registry itself costs, whatever else the machine is doing.
writeFileSync(
  probe,
  'const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };' +
    "const t = cpu(); const { registry } = await import('./registry.mjs'); registry();" +
    'process.stdout.write(String(cpu() - t));',
);
const load = Array.from({ length: rounds }, () =>
  Number(execFileSync(process.execPath, [probe], { encoding: 'utf8' })),
);
const loadMs = median(load);
const verdict = loadMs <= wantedMs ? 'ok' : 'MISSED';
const size = Math.round(statSync(bundle).size / 1024);
console.log(
  `  load and index: ${loadMs.toFixed(1)} ms of processor time, ${size} KiB (wanted: at most ${wantedMs} ms) ${verdict}`,
);

const host = await startTestHost();
try {
  const timed = async (input: object) => {
    const startedAt = performance.now();
    await host.call('capabilities.list', input);
    return performance.now() - startedAt;
  };
  await timed({});
  for (const [name, input] of [
    ['list everything', {}],
    ['search “invoice”', { search: 'invoice' }],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) times.push(await timed(input));
    console.log(`  ${name}: ${median(times).toFixed(1)} ms through the control socket`);
  }
} finally {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}
if (verdict !== 'ok') process.exitCode = 1;
