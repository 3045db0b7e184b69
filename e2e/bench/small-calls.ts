import { missing } from '../needs.ts';
import { load, median } from './load.ts';
import { startMitmproxy } from './mitmproxy.ts';
import { startRig } from './rig.ts';

// Small JSON over keep-alive: everything between the caller's socket and the upstream's, policy, decryption, redaction
// and audit included, against proxies that only inject a header. Interleaved, so that all see the same machine.

const [rounds, seconds] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 3)];
const absent = missing('nginx');
if (absent !== false) throw new Error(absent);

const rig = await startRig();
const mitmproxy = missing('mitmproxy') === false ? await startMitmproxy(rig.upstream.port) : null;
try {
  const ours = `${rig.host.baseUrl}/v/bench/v1/small`;
  const nginx = `http://127.0.0.1:${rig.nginx.port}/v1/small`;
  const mitm = mitmproxy === null ? null : `http://127.0.0.1:${mitmproxy.port}/v1/small`;
  // Hot code is compiled while it runs: a host that has just started is not the one that is measured.
  await load(ours, 16, 10, [rig.authorization]);
  const rates: { ours: number; nginx: number; mitm: number }[] = [];
  const p50s: { ours: number; nginx: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [await load(ours, 16, seconds, [rig.authorization]), await load(nginx, 16, seconds)];
    const m = mitm === null ? null : await load(mitm, 16, seconds);
    const [c, d] = [await load(ours, 1, seconds, [rig.authorization]), await load(nginx, 1, seconds)];
    if (a.errors + c.errors > 0) throw new Error(`the host answered ${a.errors + c.errors} times with an error`);
    rates.push({ ours: a.requestsPerSecond, nginx: b.requestsPerSecond, mitm: m?.requestsPerSecond ?? Number.NaN });
    p50s.push({ ours: c.p50Ms, nginx: d.p50Ms });
  }
  const of = <T, K extends keyof T>(list: T[], key: K) => median(list.map((each) => Number(each[key])));
  const ratio = median(rates.map((each) => each.ours / each.nginx));
  const slower = median(p50s.map((each) => each.ours / each.nginx));
  console.log(
    `small JSON, 16 connections: ${of(rates, 'ours').toFixed(0)} requests/s, nginx ${of(rates, 'nginx').toFixed(0)}: ratio ${ratio.toFixed(3)} (wanted: at least 0.20)`,
  );
  console.log(
    `small JSON, 1 connection, p50: ${of(p50s, 'ours').toFixed(3)} ms, nginx ${of(p50s, 'nginx').toFixed(3)} ms: ${slower.toFixed(2)} times (wanted: at most 3)`,
  );
  if (mitm !== null) {
    const times = median(rates.map((each) => each.ours / each.mitm));
    console.log(
      `small JSON, 16 connections: mitmproxy ${of(rates, 'mitm').toFixed(0)} requests/s: we are ${times.toFixed(1)} times as fast (wanted: at least 5)`,
    );
  }
} finally {
  await mitmproxy?.close();
  await rig.close();
}
