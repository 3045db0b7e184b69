import assert from 'node:assert/strict';
import { missing } from '../needs.ts';
import { checkHost } from './check-host.ts';
import { accepted, checkAccepted, checkNamed } from './check-target.ts';
import { throughServers } from './through-servers.ts';
import { randomFrom, trickyTarget, withEncodedSlashes } from './tricky-target.ts';

// `npm run fuzz [-- <cases> <through servers> <seed>]`: what policy accepts is what the upstream's parser sees, and where
// it goes is where the capability says.

const cases = Number(process.argv[2] ?? 1_000_000);
const serverCases = Number(process.argv[3] ?? 10_000);
const seed = Number(process.argv[4] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);

inProcess();
betweenHosts();
await againstServers();

function inProcess(): void {
  const random = randomFrom(seed);
  const started = performance.now();
  let kept = 0;
  for (let i = 0; i < cases; i++) {
    const raw = trickyTarget(random);
    try {
      const target = accepted(raw);
      if (target === null) continue;
      kept += 1;
      checkAccepted(target);
      const named = accepted(withEncodedSlashes(raw, random), () => true);
      if (named !== null) checkNamed(named);
    } catch (error) {
      console.error(`case ${i}: ${JSON.stringify(raw)}`);
      throw error;
    }
  }
  assert.ok(kept > cases / 20, 'enough targets were accepted to mean something');
  console.log(
    `${cases} targets in process, ${kept} accepted, all read alike (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
}

function betweenHosts(): void {
  const random = randomFrom(seed + 2);
  let allowed = 0;
  for (let i = 0; i < cases; i++) if (checkHost(random)) allowed += 1;
  assert.ok(allowed > cases / 20, 'enough requests were allowed to mean something');
  console.log(`${cases} requests between odd hosts, ${allowed} allowed, each to a host of its capability`);
}

async function againstServers(): Promise<void> {
  const absent = missing('nginx', 'python3');
  if (absent !== false) return console.log(`not through real servers: ${absent}`);
  const names = await throughServers(serverCases, seed + 1);
  console.log(`${serverCases} accepted targets through ${names.join(', ')}: each saw what policy saw`);
}
