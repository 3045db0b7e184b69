import type { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { AivaultError } from '#contract/errors.ts';
import { safe } from './escape.ts';

// Asking a person. Secrets are typed without echo, in raw mode; whatever ends the program gives the terminal back.

/** Thrown when the person gave up (Ctrl-C). The program ends with 130, as a shell expects (128 + SIGINT). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Terminal {
  readonly input: ReadStream | (NodeJS.ReadableStream & { isTTY?: false });
  /** Where questions are written: stderr, so that stdout stays the answer. */
  readonly questions: Writable;
  readonly signals: Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid'>;
}

const isTerminal = (input: Terminal['input']): input is ReadStream => input.isTTY === true;

/** Whether somebody can be asked at all. */
export function canAsk(terminal: Terminal): boolean {
  return isTerminal(terminal.input);
}

/** What a run of typed characters does to the line. Pasted text arrives as one run. */
function edit(line: string, run: string): { line: string; done: 'no' | 'yes' | 'interrupted' } {
  let now = line;
  for (const character of run) {
    if (character === '\r' || character === '\n') return { line: now, done: 'yes' };
    if (character === '\u0003') return { line: '', done: 'interrupted' };
    if (character === '\u0004') return { line: now, done: 'yes' };
    if (character === '\u007f' || character === '\b') now = [...now].slice(0, -1).join('');
    else if (character === '\u0015') now = '';
    else now += character;
  }
  return { line: now, done: 'no' };
}

interface Asking {
  /** Whether what is typed shows. */
  readonly shown: boolean;
  /** What is typed this soon after the question does not count, Ctrl-C excepted. */
  readonly deafMs: number;
  /** Ends the question unanswered. */
  readonly signal?: AbortSignal;
}

/** Asks for a line, in raw mode. Null where `signal` ended it. Throws as the two below do. */
function askLine(terminal: Terminal, question: string, asking: Asking): Promise<string | null> {
  const { input, questions, signals } = terminal;
  if (!isTerminal(input)) throw new AivaultError('invalid_request', `There is no terminal to ask at (${question}).`);
  return new Promise((resolve, reject) => {
    let line = '';
    let deaf = asking.deafMs > 0;
    const hearing = setTimeout(() => {
      deaf = false;
    }, asking.deafMs);
    const restore = () => {
      clearTimeout(hearing);
      input.setRawMode(false);
      input.pause();
      input.off('data', onData);
      asking.signal?.removeEventListener('abort', onGone);
      for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) signals.off(name, onSignal);
      questions.write('\n');
    };
    const onSignal = (signal: NodeJS.Signals) => {
      restore();
      signals.kill(signals.pid, signal);
    };
    const onGone = () => {
      restore();
      resolve(null);
    };
    const onData = (chunk: Buffer | string) => {
      const after = edit(line, chunk.toString());
      if (deaf && after.done !== 'interrupted') return;
      line = after.line;
      if (asking.shown) questions.write(`\r\u001b[K${question}${safe(line)}`);
      if (after.done === 'no') return;
      restore();
      if (after.done === 'interrupted') reject(new Interrupted());
      else resolve(line);
    };
    // Raw mode first: what is typed the moment the question appears must not be echoed.
    input.setRawMode(true);
    questions.write(question);
    input.setEncoding('utf8');
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) signals.on(name, onSignal);
    asking.signal?.addEventListener('abort', onGone, { once: true });
    input.on('data', onData);
    input.resume();
  });
}

/**
 * Asks for a line without showing it. Throws `invalid_request` where nobody can be asked, Interrupted on Ctrl-C.
 * Bracketed-paste marks are not switched on, so a pasted key arrives as typed.
 */
export async function askHidden(terminal: Terminal, question: string): Promise<string> {
  return (await askLine(terminal, `${question}: `, { shown: false, deafMs: 0 })) ?? '';
}

/**
 * Asks for a yes: `y` or `yes`, and Enter. Everything else is no, Enter alone too. What is typed in the first `deafMs`
 * does not count. Null where `signal` ended it. Throws like askHidden.
 */
export async function askYesNo(
  terminal: Terminal,
  question: string,
  deafMs: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  const line = await askLine(terminal, question, { shown: true, deafMs, signal });
  return line === null ? null : /^y(?:es)?$/i.test(line.trim());
}

/** Asks twice for something new that nobody can look up later. Throws `invalid_request` where the two differ. */
export async function askNew(terminal: Terminal, question: string): Promise<string> {
  const first = await askHidden(terminal, question);
  const again = await askHidden(terminal, `${question} (again)`);
  if (first !== again) throw new AivaultError('invalid_request', 'The two entries differ; nothing was changed.');
  return first;
}
