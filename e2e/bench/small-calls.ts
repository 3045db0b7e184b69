import { load, median } from './load.ts';
import { startRig } from './rig.ts';

// Small JSON over keep-alive: everything between the caller's socket and the upstream's, policy, decryption, redaction
// and audit included, against a proxy that only injects a header. Interleaved, so that both see the same machine.

export interface SmallCalls {
  /** Requests per second at 16 connections, ours over nginx's. */
  readonly throughputRatio: number;
  /** Median latency at one connection, ours over nginx's. */
  readonly latencyRatio: number;
  readonly lines: readonly string[];
}

export async function measureSmallCalls(rounds = 5, seconds = 3): Promise<SmallCalls> {
  const rig = await startRig();
  try {
    const ours = `${rig.host.baseUrl}/v/bench/v1/small`;
    const theirs = `http://127.0.0.1:${rig.nginx.port}/v1/small`;
    await load(ours, 16, 3, [rig.authorization]);
    await load(theirs, 16, 1);
    const rates: [number, number][] = [];
    const latencies: [number, number][] = [];
    for (let round = 0; round < rounds; round++) {
      const [a, b] = [await load(ours, 16, seconds, [rig.authorization]), await load(theirs, 16, seconds)];
      const [c, d] = [await load(ours, 1, seconds, [rig.authorization]), await load(theirs, 1, seconds)];
      if (a.errors + c.errors > 0) throw new Error(`the host answered ${a.errors + c.errors} times with an error`);
      rates.push([a.requestsPerSecond, b.requestsPerSecond]);
      latencies.push([c.p50Ms, d.p50Ms]);
    }
    const throughputRatio = median(rates.map(([a, b]) => a / b));
    const latencyRatio = median(latencies.map(([a, b]) => a / b));
    const at = (pairs: [number, number][], index: 0 | 1) => median(pairs.map((pair) => pair[index]));
    return {
      throughputRatio,
      latencyRatio,
      lines: [
        `16 connections: ${at(rates, 0).toFixed(0)} requests/s, nginx ${at(rates, 1).toFixed(0)}; ratio ${throughputRatio.toFixed(3)} (wanted: at least 0.20)`,
        `1 connection, p50: ${at(latencies, 0).toFixed(3)} ms, nginx ${at(latencies, 1).toFixed(3)} ms; ratio ${latencyRatio.toFixed(2)} (wanted: at most 3)`,
      ],
    };
  } finally {
    await rig.close();
  }
}
