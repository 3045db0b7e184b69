import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { AivaultError, errorFromBody } from '#contract/errors.ts';

const startPatienceMs = 30_000;

/**
 * Waits for the report of a host that was started with `--report`: one JSON line on its fourth stream, `{"ready":true}`
 * or `{"error":{…}}`, which is then thrown. The stream's end without a line means that the host died.
 */
export function startReport(child: ChildProcess): Promise<void> {
  const pipe = child.stdio[3] as Readable;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<void>((resolve, reject) => {
    let text = '';
    const died = (cause?: unknown) =>
      reject(
        new AivaultError('host_unreachable', 'The host ended before it served.', {
          hint: 'Run `aivaultd` to see why.',
          cause,
        }),
      );
    timer = setTimeout(died, startPatienceMs);
    child.once('error', died);
    pipe.once('error', died);
    pipe.once('close', died);
    // The line is enough: a bootstrap between us and the host may hold the stream open for longer.
    pipe.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1) return;
      const value = JSON.parse(text.slice(0, end)) as { ready?: true; error?: unknown };
      if (value.ready === true) resolve();
      else reject(errorFromBody(value.error));
    });
  }).finally(() => {
    clearTimeout(timer);
    pipe.destroy();
  });
}
