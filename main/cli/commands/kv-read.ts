import type { Output as Answer } from '#contract/call.ts';
import { argument, command, flag, list, number, optionalArgument, text } from '../command.ts';
import { bold, dim, yellow } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';
import { clockText, relativeText } from '../time-text.ts';
import { formats, inFormat, readField } from '../value-format.ts';

type Summary = Answer<'paths.list'>['secrets'][number];

const soonMs = 30 * 86_400_000;

/** All pages of a list, or as many as `most` needs. */
export async function listAll(session: Session, query: Parameters<typeof ask>[1], most: number): Promise<Summary[]> {
  const found: Summary[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(1000, most - found.length);
    const page: Answer<'paths.list'> = await ask(session, { ...query, limit, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.secrets);
    cursor = page.cursor;
  } while (cursor !== null && found.length < most);
  return found;
}

interface ListQuery {
  readonly prefix: string;
  readonly tag?: string;
  readonly expiringWithin?: string;
  readonly deleted?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}
const ask = (session: Session, query: ListQuery) => session.ask('paths.list', query);

/** What is said of an end date that is near or past; empty otherwise. */
export function expiryText(expiresAtMs: number | null, nowMs: number): string {
  if (expiresAtMs === null || expiresAtMs - nowMs > soonMs) return '';
  return expiresAtMs <= nowMs
    ? `expired ${relativeText(expiresAtMs, nowMs)}`
    : `expires ${relativeText(expiresAtMs, nowMs)}`;
}

export const getCommand = command({
  words: 'kv get',
  summary: summaries['paths.read'],
  arguments: { path: argument('The path, e.g. environments/dev/db.') },
  options: {
    version: number('N', 'An older version.', { min: 1 }),
    field: text('NAME', 'Only this field, as it is.'),
    format: text('FORMAT', 'json, env (for eval) or dotenv (for a file).', { choices: formats }),
    ...passphraseOptions,
  },
  notes: ['The value is printed: every read is written to the audit log.'],
  examples: [
    'aivault kv get environments/dev/db --field password',
    'eval "$(aivault kv get environments/dev/db --format env)"',
  ],
  async run(values, session) {
    if (values.field !== undefined && values.format !== undefined) throw invalid('Give --field or --format, not both.');
    const { version } = values;
    const question = { path: values.path, ...(version === undefined ? {} : { version }) };
    const value = await session.ask('paths.read', question, presenceFrom(session, values));
    if (values.field !== undefined) {
      await session.out.raw(`${readField(value.data, values.field)}\n`);
      return 0;
    }
    if (values.format !== undefined) {
      await session.out.raw(inFormat(value.data, values.format as (typeof formats)[number]));
      return 0;
    }
    session.out.answer(value, () => {
      const { out } = session;
      out.line(bold(value.path), dim(`  version ${value.version} · ${value.secretType}`));
      for (const field of Object.keys(value.data)) out.line(`  ${field}: `, readField(value.data, field));
      const ending = expiryText(value.expiresAtMs, session.now());
      if (ending !== '') out.line(yellow(`  ${ending}`));
    });
    return 0;
  },
});

export const listCommand = command({
  words: 'kv list',
  summary: summaries['paths.list'],
  arguments: { start: optionalArgument('Only paths that start with this.') },
  options: {
    prefix: text('PREFIX', 'Only paths that start with this.'),
    tag: text('TAG', 'Only those with this tag.'),
    'expiring-within': text('DURATION', 'Only those that end within this time: 30d, 48h.'),
    deleted: flag('Those that were deleted and can be restored.'),
    limit: number('N', 'At most so many.', { min: 1, max: 1_000_000 }),
  },
  async run(values, session) {
    if (values.start !== undefined && values.prefix !== undefined) throw invalid('Give the prefix once.');
    const query = {
      prefix: values.prefix ?? values.start ?? '',
      deleted: values.deleted,
      ...(values.tag === undefined ? {} : { tag: values.tag }),
      ...(values['expiring-within'] === undefined ? {} : { expiringWithin: values['expiring-within'] }),
    };
    const secrets = await listAll(session, query, values.limit ?? 1_000_000);
    session.out.answer({ secrets }, () => {
      const { out } = session;
      if (secrets.length === 0) return out.line('No path secrets found.');
      const width = Math.min(60, Math.max(...secrets.map(({ path }) => path.length)));
      for (const secret of secrets) {
        const ending = expiryText(secret.expiresAtMs, session.now());
        out.line(
          secret.path.padEnd(width),
          dim(`  v${secret.version}  ${secret.secretType.padEnd(11)} ${clockText(secret.updatedAtMs)}`),
          ...(secret.tags.length === 0 ? [] : [`  ${secret.tags.join(', ')}`]),
          ...(ending === '' ? [] : [yellow(`  ${ending}`)]),
        );
      }
    });
    return 0;
  },
});

export const versionsCommand = command({
  words: 'kv versions',
  summary: summaries['paths.versions'],
  arguments: { path: argument('The path.') },
  async run(values, session) {
    const answer = await session.ask('paths.versions', { path: values.path });
    session.out.answer(answer, () => {
      for (const version of answer.versions) {
        const ending = expiryText(version.expiresAtMs, session.now());
        session.out.line(
          `  v${version.version}`.padEnd(8),
          dim(`${clockText(version.createdAtMs)}  ${version.bytes} bytes  by ${version.createdBy}`),
          ...(ending === '' ? [] : [yellow(`  ${ending}`)]),
        );
      }
    });
    return 0;
  },
});

export const pathListOption = list('PATH', 'One path.');
