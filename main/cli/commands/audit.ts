import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Output as Answer, Input } from '#contract/call.ts';
import { auditOutcomes } from '#contract/choices.ts';
import { AivaultError } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import { scopeText } from '#contract/scope-text.ts';
import { type Command, command, flag, number, requiredText, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { safe } from '../escape.ts';
import { dim, exitCodeOf, green, type Output, type Part, red, yellow } from '../output.ts';
import { withProgress } from '../progress.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { clockText, momentMs } from '../time-text.ts';

// The audit log: read, followed, checked, exported, and its oldest part retired.

type Filter = Input<'audit.list'>;

const filterOptions = {
  since: text('MOMENT', 'Only what happened since: 15m, 2d, 2026-11-20, 2026-11-20T09:30:00Z.'),
  capability: text('ID', 'Only this capability.', { complete: 'capability' }),
  credential: text('ID', 'Only this credential.', { complete: 'credential' }),
  actor: text('ACTOR', 'Only this actor: operator:cli, agent:tok_….'),
  outcome: text('OUTCOME', `Only this outcome: ${auditOutcomes.join(', ')}.`, { choices: auditOutcomes }),
  kind: text('KIND', 'Only this kind: invoke, secrets.create ….'),
} as const;

function outcomePart(entry: AuditEntry): Part {
  const word = entry.outcome.padEnd(8);
  if (entry.outcome === 'refused' || entry.outcome === 'failed') return red(word);
  return entry.outcome === 'unknown' ? yellow(word) : green(word);
}

/** What an entry is about, in the order a reader asks. */
function details(entry: AuditEntry): string {
  const target = entry.host === undefined ? undefined : `${entry.method ?? ''} ${entry.host}${entry.path ?? ''}`.trim();
  const facts = [
    entry.capability,
    entry.credential === undefined ? undefined : `with ${entry.credential}`,
    target ?? (entry.path === undefined ? undefined : `${entry.method ?? ''} ${entry.path}`.trim()),
    entry.status === undefined ? undefined : String(entry.status),
    entry.secretName ?? entry.secretPath,
    entry.version === undefined ? undefined : `version ${entry.version}`,
    entry.scope === undefined ? undefined : scopeText(entry.scope),
    entry.workspaceId === undefined ? undefined : `in ${[entry.workspaceId, entry.groupId].filter(Boolean).join(':')}`,
    entry.presence === undefined ? undefined : `presence ${entry.presence}`,
    entry.tookMs === undefined ? undefined : `${Math.round(entry.tookMs)} ms`,
    entry.count === undefined || entry.count === 1 ? undefined : `× ${entry.count}`,
    entry.note,
  ];
  return facts.filter((fact) => fact !== undefined && fact !== '').join('  ');
}

function printEntry(out: Output, entry: AuditEntry): void {
  const code = entry.code === undefined ? '' : `${entry.code}  `;
  out.line(
    dim(`${clockText(entry.tsMs)}  `),
    outcomePart(entry),
    ' ',
    entry.kind.padEnd(18),
    ' ',
    dim(entry.actor.padEnd(26)),
    ' ',
    code,
    details(entry),
  );
}

/** Follows the log until interrupted; where the host ends first, that is said, and not as a question gone wrong. */
async function follow(session: Session, filter: Filter): Promise<number> {
  await session.host();
  try {
    await printAppended(session, filter);
  } catch (error) {
    if (!(error instanceof AivaultError) || error.code !== 'host_unreachable') throw error;
  }
  if (session.signal.aborted) return 0;
  throw new AivaultError('host_unreachable', 'The host has stopped, so nothing more can be followed.', {
    hint: 'What it wrote until then is there: aivault audit',
  });
}

/** Prints what is appended from now on, one JSON object per line under --json, for as long as the host announces it. */
async function printAppended(session: Session, filter: Filter): Promise<void> {
  const host = await session.host();
  const events = host.events(session.signal)[Symbol.asyncIterator]();
  let last = (await session.ask('audit.list', { limit: 1 })).entries[0]?.seq ?? 0;
  for (;;) {
    const entries = await entriesAfter(session, filter, last);
    for (const entry of entries.toReversed()) {
      if (session.out.json) await session.out.raw(`${safe(JSON.stringify(entry))}\n`);
      else printEntry(session.out, entry);
    }
    last = Math.max(last, entries[0]?.seq ?? 0);
    const { done } = await nextAppend(events);
    if (done) return;
  }
}

/** What was written after an entry, newest first, page by page: a burst is longer than one. */
async function entriesAfter(session: Session, filter: Filter, after: number): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for (let beforeSeq: number | undefined; ; beforeSeq = found.at(-1)?.seq) {
    const place = beforeSeq === undefined ? {} : { beforeSeq };
    const { entries } = await session.ask('audit.list', { ...filter, ...place, limit: 1000 });
    const fresh = entries.filter(({ seq }) => seq > after);
    found.push(...fresh);
    if (fresh.length < 1000) return found;
  }
}

async function nextAppend(events: AsyncIterator<{ event: string }>): Promise<{ done: boolean }> {
  for (;;) {
    const next = await events.next();
    if (next.done) return { done: true };
    if (next.value.event === 'audit.appended') return { done: false };
  }
}

const listCommand = command({
  words: 'audit',
  aliases: ['audit list'],
  summary: summaries['audit.list'],
  options: {
    limit: number('N', 'How many entries at most (default: 200).', { max: 10_000 }),
    'before-ts-ms': number('MS', 'Only entries before this moment, in epoch milliseconds.'),
    'before-seq': number('SEQ', 'Only entries before this one: the next page.', { min: 1 }),
    ...filterOptions,
    follow: flag('Go on printing what is appended.'),
  },
  examples: ['aivault audit --since 1h --outcome refused', 'aivault audit --follow'],
  async run(values, session) {
    const { capability, credential, actor, kind } = values;
    const filter: Filter = {
      ...(values.limit === undefined ? {} : { limit: values.limit }),
      ...((values['before-ts-ms'] ?? 0) <= 0 ? {} : { beforeTsMs: values['before-ts-ms'] }),
      ...(values['before-seq'] === undefined ? {} : { beforeSeq: values['before-seq'] }),
      ...(values.since === undefined ? {} : { sinceTsMs: momentMs('since', values.since, session.now()) }),
      ...(capability === undefined ? {} : { capability }),
      ...(credential === undefined ? {} : { credential }),
      ...(actor === undefined ? {} : { actor }),
      ...(kind === undefined ? {} : { kind }),
      ...(values.outcome === undefined ? {} : { outcome: values.outcome as AuditEntry['outcome'] }),
    };
    if (values.follow) return follow(session, filter);
    const { entries } = await session.ask('audit.list', filter);
    session.out.answer(entries, () => {
      if (entries.length === 0) session.out.line('No audit entries found.');
      for (const entry of entries) printEntry(session.out, entry);
    });
    return 0;
  },
});

function printVerdict(out: Output, { break: found, base, entries }: Answer<'audit.verify'>): void {
  if (found !== null) {
    out.line(red('The audit chain is broken'), ` at entry ${found.seq}: ${found.reason}.`);
    return;
  }
  const since = base === null ? '' : ` since entry ${base.seq + 1}`;
  const retired =
    base === null
      ? ''
      : ` (${base.seq} older ${base.seq === 1 ? 'was' : 'were'} retired on ${clockText(base.retiredAtMs)})`;
  out.line(green('The audit chain is intact'), `${since}: ${countText(entries, 'entry', 'entries')}${retired}.`);
  if (base?.unfinished) {
    out.line(yellow('Their removal was interrupted'), ': some are still in the file, and go while the vault is open.');
  }
}

const verifyCommand = command({
  words: 'audit verify',
  summary: summaries['audit.verify'],
  async run(_values, session) {
    const verdict = await withProgress(session, 'Checking the audit chain', () => session.ask('audit.verify', {}));
    session.out.answer(verdict, () => printVerdict(session.out, verdict));
    return verdict.intact ? 0 : exitCodeOf(new AivaultError('integrity_error', '').toJSON());
  },
});

/** Writes every entry as one JSON line, oldest first, with the hashes that chain them. */
async function exportChain(session: Session, write: (line: string) => Promise<void>): Promise<number> {
  let afterSeq: number | null = 0;
  let count = 0;
  while (afterSeq !== null) {
    const page: { lines: { seq: number }[]; nextAfterSeq: number | null } = await session.ask('audit.export', {
      afterSeq,
    });
    for (const line of page.lines) await write(`${JSON.stringify(line)}\n`);
    count += page.lines.length;
    afterSeq = page.nextAfterSeq;
  }
  return count;
}

const exportCommand = command({
  words: 'audit export',
  summary: 'Export the audit chain as JSON lines, oldest first.',
  options: {
    file: text('FILE', 'Write here, 0600, instead of stdout; the file must not exist.', { complete: 'file' }),
  },
  async run(values, session) {
    if (values.file === undefined) {
      await exportChain(session, (line) => session.out.raw(line));
      return 0;
    }
    const file = values.file;
    const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
    await once(stream, 'open').catch((cause: NodeJS.ErrnoException) => {
      throw invalid(
        cause.code === 'EEXIST'
          ? `The file ${file} exists already.`
          : `The file ${file} cannot be written (${cause.code}).`,
      );
    });
    const write = async (line: string) => {
      if (!stream.write(line)) await once(stream, 'drain');
    };
    const entries = await withProgress(session, 'Exporting the audit log', () => exportChain(session, write));
    stream.end();
    await once(stream, 'close');
    session.out.answer({ file, entries }, () =>
      session.out.line(`${countText(entries, 'entry', 'entries')} written to ${file}.`),
    );
    return 0;
  },
});

const retireCommand = command({
  words: 'audit retire',
  summary: summaries['audit.retire'],
  options: {
    before: requiredText('MOMENT', 'Only what happened before: 90d, 2026-11-20, 2026-11-20T09:30:00Z.'),
    export: text('FILE', 'Write what is retired here first, 0600; the file must not exist.', { complete: 'file' }),
    ...passphraseOptions,
  },
  examples: ['aivault audit retire --before 90d --export retired.jsonl'],
  notes: [
    'The log is cut at a place the vault has sealed, so a little more may stay than --before asks for. A log that is broken is not touched.',
    'To have it done every day: aivault settings set --audit-keep-days 90',
  ],
  async run(values, session) {
    const beforeMs = momentMs('before', values.before, session.now());
    const file = values.export === undefined ? undefined : path.resolve(values.export);
    if (file === undefined)
      session.out.warn('Without --export the retired entries are gone, and nothing brings them back.');
    const input = { beforeMs, ...(file === undefined ? {} : { exportPath: file }) };
    const presence = presenceFrom(session, values);
    const answer = await withProgress(session, 'Retiring old audit entries', () =>
      session.ask('audit.retire', input, presence),
    );
    session.out.answer(answer, () => {
      const { retired, throughSeq, throughTsMs, unfinished } = answer;
      if (throughSeq === null || throughTsMs === null) {
        return session.out.line(`Nothing was retired: no sealed part of the log is older than ${clockText(beforeMs)}.`);
      }
      session.out.line(
        `${countText(retired, 'entry', 'entries')} retired, up to entry ${throughSeq} of ${clockText(throughTsMs)}.`,
      );
      if (file !== undefined) session.out.line(`They are in ${file}.`);
      if (unfinished) session.out.line('Some are still in the log’s file; they go while the vault is open.');
    });
    return 0;
  },
});

export const auditCommands: readonly Command[] = [listCommand, verifyCommand, exportCommand, retireCommand];
