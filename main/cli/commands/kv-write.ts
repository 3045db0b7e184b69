import type { Input } from '#contract/call.ts';
import { charsets, secretTypes } from '#contract/choices.ts';
import { strictJson } from '#contract/strict-json.ts';
import { argument, command, flag, list, number, requiredText, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { readEntry, readEnvFile } from '../env-file.ts';
import { dim } from '../output.ts';
import { readSecret, readStdin, readTextFile, valueOptions, valueWays } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { summaries } from '../summaries.ts';

const pathArgument = { path: argument('The path, e.g. environments/dev/db.') } as const;
const factOptions = {
  type: text('TYPE', 'What it is: kv, json, certificate, ssh_key or api_key.', {
    choices: secretTypes,
  }),
  description: text('TEXT', 'Not secret.'),
  tag: list('TAG', 'Not secret.'),
  'expires-in': text('DURATION', '90d, 48h …; starts anew with every write. "never" ends it.'),
  'max-versions': number('N', 'Keep so many versions.', { min: 1, max: 1000 }),
  'if-version': number('N', 'Only if this is the current version; 0: only if there is none.'),
} as const;

interface FactValues {
  readonly type: string | undefined;
  readonly description: string | undefined;
  readonly tag: readonly string[];
  readonly 'expires-in': string | undefined;
  readonly 'max-versions': number | undefined;
  readonly 'if-version': number | undefined;
}

function facts(values: FactValues): Omit<Input<'paths.write'>, 'path'> {
  const { description, tag } = values;
  const metadata = {
    ...(description === undefined ? {} : { description }),
    ...(tag.length === 0 ? {} : { tags: [...tag] }),
  };
  const expiresIn = values['expires-in'];
  return {
    ...(values.type === undefined ? {} : { secretType: values.type as 'kv' }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(expiresIn === undefined ? {} : { expiresIn: expiresIn === 'never' ? null : expiresIn }),
    ...(values['max-versions'] === undefined ? {} : { maxVersions: values['max-versions'] }),
    ...(values['if-version'] === undefined ? {} : { ifVersion: values['if-version'] }),
  };
}

async function write(session: Session, input: Input<'paths.write'>): Promise<number> {
  const written = await session.ask('paths.write', input);
  session.out.answer(written, () => {
    const { out } = session;
    out.line(`${written.created ? 'Created' : 'Updated'}: ${written.path} `, dim(`version ${written.version}`));
  });
  return 0;
}

function parseObject(content: string): Record<string, unknown> {
  const value = strictJson(content, 'The value');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('The value is not a JSON object.');
  return value as Record<string, unknown>;
}

interface PutSources {
  readonly set: readonly string[];
  readonly field: string | undefined;
  readonly 'env-file': string | undefined;
  readonly 'json-file': string | undefined;
  readonly 'json-stdin': boolean;
  readonly value: string | undefined;
  readonly 'value-file': string | undefined;
  readonly 'value-stdin': boolean;
}

/** The fields to write, from exactly one kind of source. */
async function readFields(session: Session, values: PutSources): Promise<Record<string, unknown>> {
  const kinds = [
    values.set.length > 0,
    values.field !== undefined,
    values['env-file'] !== undefined,
    values['json-file'] !== undefined,
    values['json-stdin'],
  ];
  if (kinds.filter(Boolean).length !== 1) {
    throw invalid(
      'Say once where the value comes from.',
      'Use --field NAME (asks for the value), --json-stdin, --json-file, --env-file or --set KEY=VALUE.',
    );
  }
  if (values.field !== undefined) {
    return { [values.field]: await readSecret(session, valueWays(values), `Value of ${values.field}`) };
  }
  if (values['json-file'] !== undefined) return parseObject(await readTextFile(values['json-file']));
  if (values['json-stdin']) return parseObject(await readStdin(session));
  if (values['env-file'] !== undefined) {
    const entries = readEnvFile(await readTextFile(values['env-file']));
    // What an interrupted program left is not meant to replace every field by nothing.
    if (entries.length === 0) throw invalid('There is no entry in this file.', 'To write none: --json-stdin with {}.');
    return fromEntries(entries);
  }
  session.out.warn('--set is visible to other programs of this machine while the command runs.');
  return fromEntries(values.set.map((written, index) => readEntry(written, `--set number ${index + 1}`)));
}

function fromEntries(entries: readonly { name: string; value: string }[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

export const putCommand = command({
  words: 'kv put',
  summary: summaries['paths.write'],
  arguments: pathArgument,
  options: {
    field: text('NAME', 'Write one field; its value is asked for and not shown.'),
    ...valueOptions,
    'json-file': text('FILE', 'A JSON object with all fields.', { complete: 'file' }),
    'json-stdin': flag('A JSON object with all fields, from stdin.'),
    'env-file': text('FILE', 'A .env file; each entry becomes a field.', { complete: 'file' }),
    set: list('KEY=VALUE', 'One field; other programs can see it while the command runs.'),
    ...factOptions,
  },
  notes: ['A write replaces all fields. The version before stays readable.'],
  examples: [
    'aivault kv put environments/dev/db --field password',
    'aivault kv put environments/dev/db --json-stdin < db.json',
  ],
  run: async (values, session) =>
    write(session, { path: values.path, data: await readFields(session, values), ...facts(values) }),
});

const generatorOptions = {
  generator: text('KIND', 'random, hex or uuid (default: random).', { choices: ['random', 'hex', 'uuid'] }),
  length: number('N', 'How many characters (default: 32, of hex 64).', { min: 8, max: 4096 }),
  charset: text('SET', 'alphanumeric, alpha, digits, safe or symbols (default: alphanumeric).', {
    choices: charsets,
  }),
} as const;

interface GeneratorValues {
  readonly generator: string | undefined;
  readonly length: number | undefined;
  readonly charset: string | undefined;
}

function generatorOf({ generator = 'random', length, charset }: GeneratorValues) {
  if (generator !== 'random' && charset !== undefined) throw invalid('--charset belongs to the random generator.');
  if (generator === 'uuid' && length !== undefined) throw invalid('A uuid has its own length.');
  return {
    generator: generator as 'random',
    ...(length === undefined ? {} : { length }),
    ...(charset === undefined ? {} : { charset: charset as 'safe' }),
  };
}

export const generateCommand = command({
  words: 'kv generate',
  summary: 'Write a value the vault makes itself; it is not shown.',
  arguments: pathArgument,
  options: { field: requiredText('NAME', 'The field to fill.'), ...generatorOptions, ...factOptions },
  run: (values, session) =>
    write(session, { path: values.path, generate: { [values.field]: generatorOf(values) }, ...facts(values) }),
});

export const rotateCommand = command({
  words: 'kv rotate',
  summary: summaries['paths.rotate'],
  arguments: pathArgument,
  options: {
    field: list('NAME', 'A field to make anew.'),
    ...generatorOptions,
    'if-version': factOptions['if-version'],
  },
  examples: ['aivault kv rotate environments/dev/db --field password --length 40'],
  async run(values, session) {
    if (values.field.length === 0) throw invalid('--field is required, once or more.');
    const spec = generatorOf(values);
    const ifVersion = values['if-version'];
    const rotated = await session.ask('paths.rotate', {
      path: values.path,
      generate: Object.fromEntries(values.field.map((field) => [field, spec])),
      ...(ifVersion === undefined ? {} : { ifVersion }),
    });
    session.out.answer(rotated, () => session.out.line(`Rotated: ${rotated.path} `, dim(`version ${rotated.version}`)));
    return 0;
  },
});

export const deleteCommand = command({
  words: 'kv delete',
  summary: summaries['paths.delete'],
  arguments: pathArgument,
  options: { permanent: flag('All versions, for good.') },
  async run(values, session) {
    const gone = await session.ask('paths.delete', { path: values.path, permanent: values.permanent });
    session.out.answer(gone, () => {
      const amount = `${countText(gone.versions, 'version')}, for good`;
      session.out.line(
        `Deleted: ${gone.path} `,
        dim(gone.permanent ? `(${amount})` : `(\`aivault kv restore ${values.path}\` brings it back)`),
      );
    });
    return 0;
  },
});

export const restoreCommand = command({
  words: 'kv restore',
  summary: summaries['paths.restore'],
  arguments: pathArgument,
  async run(values, session) {
    const back = await session.ask('paths.restore', { path: values.path });
    session.out.answer(back, () => session.out.line(`Restored: ${back.path} `, dim(`version ${back.version}`)));
    return 0;
  },
});
