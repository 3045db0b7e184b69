// Scripts a person could type: `$` commands, what they print, how they end. This file reads and compares; run-script.ts
// runs. In expected lines `<uuid>`, `<hex64>`, `<token>`, `<number>`, `<any>` stand for what changes; a line `/…/` is a
// pattern; `...` alone stands for any lines. `!` begins a line of stderr, `[exit 2]` says the code if it is not 0.

export interface Step {
  readonly title: string;
  readonly lineNumber: number;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

export interface Script {
  /** `@ name words` lines at the top: what the script needs around it. */
  readonly directives: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

interface Draft {
  title: string;
  lineNumber: number;
  command: string;
  stdout: string[];
  stderr: string[];
  exit: number;
}

const trimmed = (lines: readonly string[]) => {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
};

/** Reads a script. Throws on a line that belongs nowhere. */
export function parseScript(text: string): Script {
  const directives = new Map<string, string>();
  const steps: Draft[] = [];
  let title = '';
  let afterBlank = true;
  for (const [index, line] of text.split('\n').entries()) {
    const step = steps.at(-1);
    const exit = /^\[exit (\d+)\]$/.exec(line);
    if (line.startsWith('$ ')) {
      steps.push({ title, lineNumber: index + 1, command: line.slice(2), stdout: [], stderr: [], exit: 0 });
    } else if (afterBlank && line.startsWith('# ')) title = line.slice(2);
    else if (step === undefined) {
      const directive = /^@ (\S+)\s*(.*)$/.exec(line);
      if (directive !== null) directives.set(directive[1]!, directive[2]!);
      else if (line !== '') throw new Error(`line ${index + 1} is neither a title, a directive nor a command`);
    } else if (line.startsWith('> ') && step.stdout.length + step.stderr.length === 0)
      step.command += `\n${line.slice(2)}`;
    else if (exit !== null) step.exit = Number(exit[1]);
    else if (line === '!' || line.startsWith('! ')) step.stderr.push(line.slice(2));
    else step.stdout.push(line);
    afterBlank = line === '';
  }
  return {
    directives,
    steps: steps.map((step) => ({ ...step, stdout: trimmed(step.stdout), stderr: trimmed(step.stderr) })),
  };
}

const places: Readonly<Record<string, string>> = {
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  hex64: '[0-9a-f]{64}',
  hex16: '[0-9a-f]{16}',
  token: 'avp_[A-Za-z0-9_-]{43,}',
  number: '\\d+',
  any: '.*',
};

function matches(expected: string, actual: string): boolean {
  if (expected.length > 2 && expected.startsWith('/') && expected.endsWith('/')) {
    return new RegExp(expected.slice(1, -1)).test(actual);
  }
  const parts = expected.split(/<(uuid|hex64|hex16|token|number|any)>/);
  const pattern = parts
    .map((part, index) => (index % 2 === 1 ? places[part] : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  return new RegExp(`^${pattern}$`).test(actual.trimEnd());
}

/** Whether the lines are as expected; `...` swallows as few lines as it can. */
function linesMatch(expected: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first === '...') return linesMatch(rest, actual) || (actual.length > 0 && linesMatch(expected, actual.slice(1)));
  return actual.length > 0 && matches(first, actual[0]!) && linesMatch(rest, actual.slice(1));
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const linesOf = (text: string) =>
  trimmed(
    text
      .replaceAll('\r\n', '\n')
      .split('\n')
      .map((line) => line.trimEnd()),
  );
const quote = (lines: readonly string[], mark: string) => lines.map((line) => `    ${mark} ${line}`).join('\n');

/** Null where a step went as written, else the difference in words. */
export function compare(step: Step, outcome: Outcome): string | null {
  const stdout = linesOf(outcome.stdout);
  const stderr = linesOf(outcome.stderr);
  const complaints: string[] = [];
  if (outcome.exit !== step.exit) complaints.push(`  exit ${outcome.exit}, expected ${step.exit}`);
  if (!linesMatch(step.stdout, stdout))
    complaints.push(`  stdout expected\n${quote(step.stdout, '-')}\n  but was\n${quote(stdout, '+')}`);
  if (!linesMatch(step.stderr, stderr))
    complaints.push(`  stderr expected\n${quote(step.stderr, '-')}\n  but was\n${quote(stderr, '+')}`);
  if (complaints.length === 0) return null;
  const seen = complaints.some((text) => text.includes('stderr')) ? '' : `\n  stderr was\n${quote(stderr, '|')}`;
  return `line ${step.lineNumber}: ${step.title}\n  $ ${step.command}\n${complaints.join('\n')}${seen}`;
}
