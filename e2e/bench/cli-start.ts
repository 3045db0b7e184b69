// How much longer a command takes than an empty program of the same Node: `status` and `invoke` against a running host,
// with the Node that npm runs and with the machine's own, in turns, so that whatever else runs disturbs all alike.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../../tools/build.ts';
import { startFakeUpstream } from '../fake-upstream.ts';
import { median } from './load.ts';

const rounds = Number(process.argv[2] ?? 30);
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = path.join(root, 'node_modules/.cache/bench-start');
const wanted = { status: 50, invoke: 60 } as const;

await buildAll(['cli', 'host', 'workers'], built);
const upstream = await startFakeUpstream({ names: ['api.openai.com'] });
const folder = mkdtempSync(path.join(tmpdir(), 'aivault-bench-'));
const program = path.join(built, 'aivault.mjs');
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  AIVAULT_DIR: path.join(folder, 'vault'),
  AIVAULT_DEV_RESOLVE: upstream.resolve('api.openai.com'),
  AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
};
const words = {
  bare: ['-e', '0'],
  status: [program, 'status', '--json'],
  invoke: [program, 'invoke', 'openai/models'],
} as const;

/** Asynchronous, because the upstream lives in this process. */
async function timed(node: string, which: keyof typeof words): Promise<number> {
  const start = performance.now();
  const child = spawn(node, words[which], { env, stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${which} ended with ${code}`);
  return performance.now() - start;
}

try {
  const stored = [
    'secrets',
    'create',
    '--name',
    'OPENAI_API_KEY',
    '--scope',
    'global',
    '--value',
    'sk-bench-0123456789',
  ];
  execFileSync(process.execPath, [program, ...stored], { env, stdio: 'ignore' });
  const nodes = [...new Set([process.execPath, '/usr/bin/node', '/usr/local/bin/node'])].filter((node) =>
    existsSync(node),
  );
  for (const node of nodes) {
    const took = { bare: [] as number[], status: [] as number[], invoke: [] as number[] };
    for (let i = 0; i < rounds; i++) {
      for (const which of ['bare', 'status', 'invoke'] as const) took[which].push(await timed(node, which));
    }
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const bare = median(took.bare);
    console.log(`  node ${version}: node -e 0 takes ${bare.toFixed(0)} ms (median of ${rounds})`);
    for (const which of ['status', 'invoke'] as const) {
      const more = median(took[which]) - bare;
      const verdict = more <= wanted[which] ? 'as wanted' : 'TOO SLOW';
      console.log(`    ${which}: ${more.toFixed(0)} ms more (wanted: at most ${wanted[which]}) ${verdict}`);
    }
  }
} finally {
  spawnSync(process.execPath, [program, 'shutdown', '--grace-ms', '0'], { env, stdio: 'ignore' });
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
}
