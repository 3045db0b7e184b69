import type { Output as Answer, Input } from '#contract/call.ts';
import { whySkipped } from '#contract/importable.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { command, flag, list, optionalArgument, text } from '../command.ts';
import { type Entry, readEntry, readEnvFile } from '../env-file.ts';
import { dim, type Output } from '../output.ts';
import { withProgress } from '../progress.ts';
import { canAsk } from '../prompt.ts';
import { readScope, scopeOptions } from '../scope-flags.ts';
import { readStdin, readTextFile } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { adviseImported } from '../unpinned-advice.ts';

type Report = Answer<'secrets.import'>;
/** Small enough that progress moves, large enough that the question costs nothing. */
const batchSize = 250;

interface Sources {
  readonly entry: readonly string[];
  readonly file: string | undefined;
  readonly stdin: boolean;
}

async function collect(session: Session, sources: Sources): Promise<readonly Entry[]> {
  const { entry, file, stdin } = sources;
  if (entry.length > 0)
    session.out.warn('--entry is visible to other programs of this machine while the command runs.');
  const entries = entry.map((written, index) => readEntry(written, `--entry number ${index + 1}`));
  if (file !== undefined && file !== '-') entries.push(...readEnvFile(await readTextFile(file)));
  const implied = entry.length === 0 && file === undefined && !canAsk(session.terminal);
  if (stdin || file === '-' || implied) entries.push(...readEnvFile(await readStdin(session)));
  if (entries.length === 0) {
    throw invalid('There is nothing to import.', 'Name a .env file, use --entry KEY=VALUE, or pipe a .env file in.');
  }
  // The last one of a name wins, as in the file a shell would source.
  return [...new Map(entries.map((item) => [item.name, item])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Stores the entries a batch at a time. What cannot be stored is not sent: no question is too large for want of one value. */
async function send(session: Session, all: readonly Entry[], scope: Scope): Promise<Report> {
  const report: Report = { created: [], rotated: [], skipped: [], notices: [] };
  const entries: Entry[] = [];
  for (const entry of all) {
    const skipped = whySkipped(entry);
    if (skipped === null) entries.push(entry);
    else report.skipped.push(skipped);
  }
  return withProgress(session, 'Importing', async (progress) => {
    let start = 0;
    // Where nothing is left the vault is asked all the same: a locked one says so.
    do {
      const input: Input<'secrets.import'> = { entries: entries.slice(start, start + batchSize), scope };
      const part = await session.ask('secrets.import', input);
      report.created.push(...part.created);
      report.rotated.push(...part.rotated);
      report.skipped.push(...part.skipped);
      report.notices.push(...part.notices);
      start += batchSize;
      progress(Math.min(entries.length, start), entries.length);
    } while (start < entries.length);
    return report;
  });
}

function print(out: Output, report: Report): void {
  const { notices, ...lists } = report;
  for (const notice of notices) {
    if (notice.kind === 'warning') out.warn(notice.text);
    else out.notice(notice.text);
  }
  out.answer(lists, () => {
    for (const name of report.created) out.line('  created  ', name);
    for (const name of report.rotated) out.line('  rotated  ', name);
    for (const { name, reason } of report.skipped) out.line('  skipped  ', name, dim(`  ${reason}`));
    out.line(`${report.created.length} created, ${report.rotated.length} rotated, ${report.skipped.length} skipped.`);
  });
}

export const importCommand = command({
  words: 'secrets import',
  summary: summaries['secrets.import'],
  arguments: { env: optionalArgument('The .env file; the same as --file.', { complete: 'file' }) },
  options: {
    entry: list('KEY=VALUE', 'One entry; other programs can see it while the command runs.'),
    file: text('FILE', 'Read a .env file; - is stdin.', { complete: 'file' }),
    stdin: flag('Read a .env file from stdin.'),
    ...scopeOptions,
  },
  notes: ['Each entry is as if created alone; a name that exists in the same scope is rotated.'],
  examples: ['aivault secrets import .env', 'aivault secrets import --stdin < .env'],
  async run(values, session) {
    const scope = readScope(values);
    if (values.env !== undefined && values.file !== undefined) throw invalid('Name one file.');
    if (values.env?.includes('='))
      throw invalid('That is not a file.', 'A single entry is given by --entry KEY=VALUE.');
    const entries = await collect(session, { ...values, file: values.file ?? values.env });
    const report = await send(session, entries, scope);
    print(session.out, report);
    await adviseImported(session, report.created, scope);
    return 0;
  },
});
