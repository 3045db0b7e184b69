import { readFileSync } from 'node:fs';
import { load } from './load.ts';
import { startRig } from './rig.ts';

// Ten minutes at half load: memory of the last third beside the first third's.

const minutes = Number(process.argv[2] ?? 10);
const rig = await startRig();
const resident = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${rig.host.pid}/status`, 'utf8'))?.[1]) / 1024;
const samples: number[] = [];
const url = `${rig.host.baseUrl}/v/bench/v1/small`;
await load(url, 16, 20, [rig.authorization]);
const timer = setInterval(() => samples.push(resident()), 500);
const until = performance.now() + minutes * 60_000;
while (performance.now() < until) {
  // Half load: as long at rest as at work.
  const { errors } = await load(url, 16, 5, [rig.authorization]);
  if (errors > 0) throw new Error(`${errors} errors`);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
}
clearInterval(timer);
const mean = (list: number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
const third = Math.floor(samples.length / 3);
const [first, last] = [mean(samples.slice(0, third)), mean(samples.slice(-third))];
console.log(
  `soak of ${minutes} min: host memory ${first.toFixed(0)} MiB in the first third, ${last.toFixed(0)} in the last: ${((last / first - 1) * 100).toFixed(1)} % more (wanted: within 5)`,
);
await rig.close();
