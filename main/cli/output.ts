import type { Writable } from 'node:stream';
import { type ErrorBody, errorTable } from '#contract/errors.ts';
import { safe, safeJson, safeLines } from './escape.ts';

// Everything a person or a program sees. Human lines are built from parts so that data is always escaped and colour is
// always ours; JSON goes to stdout alone, so `| jq` works whatever else is said.

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';
export type Part = string | { readonly style: Style; readonly text: string };

const codes: Record<Style, string> = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' };

const ink = (style: Style) => (text: string) => ({ style, text });
export const bold = ink('bold');
export const dim = ink('dim');
export const red = ink('red');
export const green = ink('green');
export const yellow = ink('yellow');
export const cyan = ink('cyan');

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  /** True where the answer is JSON on stdout. */
  readonly json: boolean;
  /** True where stdout is a person's terminal and the answer is for reading. */
  readonly terminal: boolean;
  /** True where stderr is a person's terminal. */
  readonly watched: boolean;
  readonly columns: number;
  /** A human line on stdout; silent under --json. */
  line(...parts: readonly Part[]): void;
  /** The answer: JSON under --json, else what `human` prints. */
  answer(value: unknown, human: () => void): void;
  /** What happened, in a sentence: stdout for people, stderr beside JSON. */
  notice(text: string): void;
  /** What somebody should know before going on: always stderr. */
  warn(text: string): void;
  /** A line for people on stderr, whatever the mode. */
  aside(...parts: readonly Part[]): void;
  error(body: ErrorBody): void;
  /** Writes what was gathered. Lines wait for each other, so that long lists cost few writes. */
  flush(): void;
  /** Bytes exactly as they are. Resolves when the stream can take more. */
  raw(bytes: Uint8Array | string): Promise<void>;
  /** What an upstream said: exactly as it is, but a person's terminal cannot be steered with it. */
  body(bytes: Uint8Array | string): Promise<void>;
  /** Ends the line a body broke off in, where a person's prompt or a remark would stand in it. */
  endBody(): void;
  /** Rewrites one line of stderr, where that is a terminal; an empty text takes it away. */
  status(text: string): void;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly json: boolean;
  /** The value of NO_COLOR: any non-empty text switches colour off (no-color.org). */
  readonly noColor: string | undefined;
}

function write(stream: OutputStream, bytes: Uint8Array | string): Promise<void> {
  if (stream.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

const chunkLength = 64 * 1024;

/** Gathers lines, so that a list of ten thousand costs a few writes and not ten thousand. */
function createGatherer(stream: OutputStream) {
  let gathered = '';
  let waiting = false;
  const flush = () => {
    if (gathered !== '') stream.write(gathered);
    gathered = '';
  };
  const add = (text: string) => {
    gathered += text;
    if (gathered.length >= chunkLength) flush();
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      flush();
    });
  };
  return { add, flush };
}

/** Writes to the given streams; colour only where the stream is a terminal and NO_COLOR is empty. */
export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, json } = options;
  const painted = (stream: OutputStream) => stream.isTTY === true && (options.noColor ?? '') === '';
  const render = (parts: readonly Part[], colour: boolean) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return safe(part);
        return colour ? `\u001b[${codes[part.style]}m${safe(part.text)}\u001b[0m` : safe(part.text);
      })
      .join('');
  const lines = createGatherer(stdout);
  const decoder = new TextDecoder();
  let midLine = false;
  const inColour = { stdout: painted(stdout), stderr: painted(stderr) };
  const say = (parts: readonly Part[]) => lines.add(`${render(parts, inColour.stdout)}\n`);
  /** What was said before on stdout stands before it, where both are one screen. */
  const remark = (parts: readonly Part[]) => {
    lines.flush();
    stderr.write(`${render(parts, inColour.stderr)}\n`);
  };
  return {
    json,
    terminal: !json && stdout.isTTY === true,
    watched: stderr.isTTY === true,
    columns: stdout.columns ?? 100,
    line: (...parts) => {
      if (!json) say(parts);
    },
    answer: (value, human) => {
      if (json) lines.add(`${safeJson(value)}\n`);
      else human();
    },
    notice: (text) => (json ? remark([text]) : say([text])),
    warn: (text) => remark([yellow('warning:'), ` ${text}`]),
    aside: (...parts) => remark(parts),
    error: (body) => {
      remark([red('error:'), ` ${body.error}: ${body.message}`]);
      if (body.hint !== undefined) remark([dim(`hint: ${body.hint}`)]);
      if (body.retryAfterSeconds !== undefined) remark([dim(`hint: Try again in ${body.retryAfterSeconds} s.`)]);
    },
    flush: lines.flush,
    raw: (bytes) => {
      lines.flush();
      return write(stdout, bytes);
    },
    body: (bytes) => {
      lines.flush();
      if (stdout.isTTY !== true) return write(stdout, bytes);
      // Characters may be cut by the chunk they came in: the decoder keeps their beginnings.
      const text = safeLines(typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true }));
      if (text !== '') midLine = !text.endsWith('\n');
      return write(stdout, text);
    },
    endBody: () => {
      if (midLine) stdout.write('\n');
      midLine = false;
    },
    status: (text) => {
      if (stderr.isTTY === true) stderr.write(`\r\u001b[K${safe(text)}`);
    },
  };
}

/** The exit code a refusal ends the program with. */
export function exitCodeOf(body: ErrorBody): number {
  return errorTable[body.error].exit;
}
