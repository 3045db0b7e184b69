// npm test: unit tests and end-to-end suites, in a few processes, with one last line: `N passed, N failed, N skipped`.
// A run without tests fails, so does a process that dies before it has counted. With REQUIRE_ALL=1 nothing may be
// skipped. `npm test -- cli e2e/cli` runs the suites whose name starts so; `npm test -- --slow` adds the slow ones.

import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { absentParts } from '../e2e/needs.ts';
import { type Counts, countsMark } from './test-reporter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const budgetMs = 20 * 60_000;
const oneTestMs = 120_000;

/** What takes minutes begins first: one that begins last would be waited for alone. */
const longest: readonly string[] = ['e2e/screens', 'e2e/broker', 'e2e/cli', 'e2e/host'];

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
}
interface Report extends Counts {
  readonly name: string;
  readonly tookMs: number;
  readonly text: string;
}

/** Files that belong together run in one process: starting one costs more than most tests do. */
function suites(slow: boolean): readonly Suite[] {
  const all = globSync(['main/**/*.test.ts', 'tools/*.test.ts', 'renderer/**/*.test.ts', 'e2e/**/*.test.ts'], {
    cwd: root,
  });
  const wanted = all.filter((file) => slow || !path.basename(file).includes('slow')).toSorted();
  const groups = Object.groupBy(wanted, suiteOf);
  const rank = ({ name }: Suite): number => (longest.includes(name) ? longest.indexOf(name) : longest.length);
  return Object.entries(groups)
    .map(([name, files]) => ({ name, files: files! }))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** `main/core/…` by room, end-to-end suites by folder; the broker's and the desktop's files each get a process. */
function suiteOf(file: string): string {
  const [top, room, next] = file.split(path.sep);
  if (top === 'main') return room === 'core' ? `core/${next!.endsWith('.ts') ? '' : next}` : path.parse(room!).name;
  return top === 'e2e' && !room!.endsWith('.ts') ? `e2e/${room}` : top!;
}

const running = new Set<ChildProcess>();

function runSuite(suite: Suite): Promise<Report> {
  const startedAt = performance.now();
  const words = [
    '--test',
    '--test-isolation=none',
    `--test-timeout=${oneTestMs}`,
    `--test-reporter=${new URL('test-reporter.ts', import.meta.url).href}`,
    '--test-reporter-destination=stdout',
    ...suite.files,
  ];
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      const lines = text.split('\n');
      const counted = lines.find((line) => line.startsWith(countsMark));
      const counts: Counts =
        counted === undefined
          ? { passed: 0, failed: 0, skipped: 0, failedFiles: [] }
          : JSON.parse(counted.slice(countsMark.length));
      const shown = lines.filter((line) => !line.startsWith(countsMark));
      if (
        counted === undefined ||
        (code !== 0 && counts.failed === 0) ||
        counts.passed + counts.failed + counts.skipped === 0
      ) {
        counts.failed += 1;
        shown.push(
          `  FAILED  the process of ${suite.name} ended with ${signal ?? code} and ${counts.passed} tests passed`,
        );
      }
      resolve({ ...counts, name: suite.name, tookMs: performance.now() - startedAt, text: shown.join('\n').trimEnd() });
    });
  });
}

async function runAll(chosen: readonly Suite[]): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const waiting = [...chosen];
  const worker = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
      const report = await runSuite(suite);
      reports.push(report);
      show(report);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return againAlone(chosen, reports);
}

function show(report: Report): void {
  const { passed, failed, skipped } = report;
  const facts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} FAILED`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  process.stdout.write(`${report.name.padEnd(18)} ${facts.join(', ')} (${(report.tookMs / 1000).toFixed(1)} s)\n`);
  if (report.text !== '') process.stdout.write(`${report.text}\n`);
}

/**
 * End-to-end suites hold real programs to real deadlines while another suite uses the same two cores. The files in which
 * something failed run once more, alone, said out loud: what fails then has failed. Unit suites get no second run.
 */
async function againAlone(chosen: readonly Suite[], reports: readonly Report[]): Promise<readonly Report[]> {
  const settled: Report[] = [];
  for (const report of reports) {
    const suite = chosen.find(({ name }) => name === report.name);
    if (report.failed === 0 || suite === undefined || !suite.name.startsWith('e2e')) {
      settled.push(report);
      continue;
    }
    const failed = suite.files.filter((file) => report.failedFiles.includes(path.join(root, file)));
    const known = failed.length > 0 && failed.length === report.failedFiles.length;
    const files = known ? failed : suite.files;
    process.stdout.write(
      `${suite.name} failed beside another suite; once more, alone: ${known ? failed.join(' ') : 'all of it'}\n`,
    );
    const again = await runSuite({ ...suite, files });
    show(again);
    settled.push(
      known ? { ...again, passed: report.passed + report.failed - again.failed, skipped: report.skipped } : again,
    );
  }
  return settled;
}

/** The end-to-end suites run what ships. */
function buildFirst(): Promise<void> {
  const child = spawn(process.execPath, ['tools/build.ts'], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the build ended with ${code}`))));
  });
}

async function main(): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < 24) {
    process.stderr.write('The tests need Node 24: run them as `npm test`, after `npm ci`.\n');
    return 1;
  }
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const slow = words.includes('--slow');
  const requireAll = process.env.REQUIRE_ALL === '1';
  const chosen = suites(slow).filter(({ name }) => named.length === 0 || named.some((word) => name.startsWith(word)));
  for (const part of absentParts()) process.stdout.write(`missing: ${part} (apt-get install ${part})\n`);
  if (chosen.some(({ name }) => name.startsWith('e2e')) && !words.includes('--no-build')) await buildFirst();

  const budget = setTimeout(() => {
    process.stdout.write(`The budget of ${budgetMs / 60_000} minutes is used up; what still runs is ended.\n`);
    for (const child of running) child.kill('SIGKILL');
  }, budgetMs);
  const reports = await runAll(chosen);
  clearTimeout(budget);

  const sum = (key: 'passed' | 'failed' | 'skipped') => reports.reduce((total, report) => total + report[key], 0);
  const skipped = sum('skipped');
  const failed = sum('failed') + (requireAll ? skipped : 0);
  if (requireAll && skipped > 0) process.stdout.write('With REQUIRE_ALL=1 a skipped test is a failed one.\n');
  const passed = sum('passed');
  if (passed + failed === 0) process.stdout.write('No test ran.\n');
  process.stdout.write(
    `${passed} passed, ${failed} failed${!requireAll && skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  return failed > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
