import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { AivaultError } from '#contract/errors.ts';
import { command, flag, restArgument, text } from '../command.ts';
import { type PassphraseValues, passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid, type Session } from '../session.ts';
import { readField, safeVariableName } from '../value-format.ts';
import { listAll, pathListOption } from './kv-read.ts';

/** Which variables a secret fills: its fields, or with `qualified` the rest of its path before them. */
function namesOf(
  path: string,
  prefix: string,
  fields: readonly string[],
  qualified: boolean,
): [field: string, name: string][] {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return fields.map((field) => [field, safeVariableName(qualified ? `${rest}/${field}` : field)]);
}

type Values = PassphraseValues & { readonly qualified: boolean };

async function readVariables(session: Session, prefix: string, paths: readonly string[], values: Values) {
  const variables: Record<string, string> = {};
  const from = new Map<string, string>();
  for (const path of paths) {
    const { data } = await session.ask('paths.read', { path }, presenceFrom(session, values));
    for (const [field, name] of namesOf(path, prefix, Object.keys(data), values.qualified)) {
      const taken = from.get(name);
      if (taken !== undefined) {
        throw invalid(
          `${name} would come from ${taken} and from ${path}.`,
          'Use --qualified to put the path in front.',
        );
      }
      from.set(name, path);
      variables[name] = readField(data, field);
    }
  }
  return variables;
}

/** Runs the program with the variables in its environment only; its exit code, or 128 + signal, is ours. */
function run(words: readonly string[], variables: Readonly<Record<string, string>>, session: Session): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program, ...rest] = words;
    const child = spawn(program!, rest, { stdio: 'inherit', env: { ...session.environment, ...variables } });
    // The terminal sends Ctrl-C to both; this program waits for the child's own end.
    const wait = () => {};
    process.on('SIGINT', wait);
    const done = (code: number) => {
      process.off('SIGINT', wait);
      resolve(code);
    };
    child.on('error', (cause: NodeJS.ErrnoException) => {
      process.off('SIGINT', wait);
      reject(
        new AivaultError('invalid_request', 'The command could not be started.', { cause, hint: cause.code ?? '' }),
      );
    });
    child.on('close', (code, signal) => done(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  });
}

export const runCommand = command({
  words: 'kv run',
  summary: 'Run a command with path secrets in its environment, and nowhere else.',
  arguments: { command: restArgument('The command and its arguments, after --.') },
  options: {
    prefix: text('PREFIX', 'All secrets whose path starts with this.'),
    path: pathListOption,
    qualified: flag('Put the rest of the path in front of each name: DB_PASSWORD, not PASSWORD.'),
    ...passphraseOptions,
  },
  examples: ['aivault kv run --prefix environments/dev/ -- npm start'],
  async run(values, session) {
    const { prefix } = values;
    if (prefix === undefined && values.path.length === 0) throw invalid('Say which secrets: --prefix or --path.');
    const listed = prefix === undefined ? [] : (await listAll(session, { prefix }, 10_000)).map(({ path }) => path);
    const paths = [...new Set([...listed, ...values.path])];
    if (paths.length === 0) throw new AivaultError('not_found', 'No path secret starts with this prefix.');
    return run(values.command, await readVariables(session, prefix ?? '', paths, values), session);
  },
});
