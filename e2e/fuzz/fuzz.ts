import assert from 'node:assert/strict';
import { missing } from '../needs.ts';
import { checkHost } from './check-host.ts';
import { accepted, checkAccepted, checkNamed, written } from './check-target.ts';
import { nginxReader, nodeReader, pythonReader, type Reader } from './readers.ts';
import { randomFrom, trickyTarget, withEncodedSlashes } from './tricky-target.ts';

// `npm run fuzz [-- <cases> <through servers> <seed>]`: what policy accepts is what the upstream's parser sees, and where
// it goes is where the capability says.

const cases = Number(process.argv[2] ?? 1_000_000);
const throughServers = Number(process.argv[3] ?? 10_000);
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
  const readers: Reader[] = [await nodeReader(), await pythonReader()];
  const absent = missing('nginx');
  if (absent === false) readers.push(await nginxReader());
  else console.log(`without nginx: ${absent}`);
  const random = randomFrom(seed + 1);
  try {
    let sent = 0;
    while (sent < throughServers) {
      const batch: Promise<void>[] = [];
      while (batch.length < 16 && sent < throughServers) {
        const target = accepted(trickyTarget(random));
        if (target === null) continue;
        sent += 1;
        for (const reader of readers) batch.push(compare(reader, written(target), decodeURIComponent(target.path)));
      }
      await Promise.all(batch);
    }
    console.log(
      `${sent} accepted targets through ${readers.map(({ name }) => name).join(', ')}: each saw what policy saw`,
    );
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function compare(reader: Reader, target: string, decoded: string): Promise<void> {
  const { raw, path } = await reader.read(target);
  assert.equal(raw, target, `${reader.name} got another target`);
  assert.equal(path, decoded, `${reader.name} reads ${JSON.stringify(target)} as another path`);
}
