import { AivaultError, errorFromBody } from '#contract/errors.ts';
import type { Answer } from '#contract/proxied.ts';
import { argument, type Command, command, type Values } from '../command.ts';
import { type InvokeValues, readInvocation } from '../invocation.ts';
import { type Json, parseJson, printJson } from '../lossless-json.ts';
import { toMarkdown } from '../markdown.ts';
import { exitCodeOf } from '../output.ts';
import type { Session } from '../session.ts';
import { sayingThatItWaits } from '../waiting-for-approval.ts';
import { invokeOptions, markdownOptions } from './invoke-options.ts';

// Calling an API as the actor `cli`: policy, limits and approvals apply as to anybody.

const id = argument('The capability, provider/name.', { complete: 'capability' });
const failExit = 9;

const broken = () =>
  new AivaultError('upstream_unreachable', 'The answer broke off before its end.', {
    hint: 'The call may have been carried out; look at `aivault audit` before you repeat it.',
  });

async function* chunksOf(answer: Answer): AsyncGenerator<Uint8Array> {
  const { body } = answer;
  if (body === null) return;
  if (body instanceof Uint8Array) {
    yield body;
    return;
  }
  try {
    yield* body;
  } catch (cause) {
    throw (cause as Error).name === 'AbortError' ? cause : broken();
  }
}

async function wholeBody(answer: Answer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(answer)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends it once. Refusals are thrown; an unknown capability is named first, whatever else was wrong. */
async function call<T>(
  name: string,
  values: InvokeValues,
  session: Session,
  use: (answer: Answer) => Promise<T>,
  check: (values: InvokeValues) => void = () => {},
): Promise<T> {
  try {
    check(values);
    const invocation = await readInvocation(name, values, session);
    try {
      const host = await session.host();
      const send = () => host.invoke(invocation.incoming, session.signal);
      const answer = await sayingThatItWaits(session, name, send);
      if (answer.refusal !== undefined) throw errorFromBody(answer.refusal);
      return await use(answer);
    } finally {
      await invocation.close();
    }
  } catch (error) {
    throw await unknownFirst(error, name, session);
  }
}

/** One that was switched off is there: the way back is said, and not the names that are spelled like it. */
async function switchedOff(error: AivaultError, name: string, session: Session): Promise<AivaultError> {
  const listed = await (await session.host()).call('capabilities.list', { search: name }).catch(() => null);
  const found = listed?.ok === true && listed.value.capabilities.some(({ id, enabled }) => id === name && !enabled);
  if (!found) return error;
  return new AivaultError(error.code, error.message, { hint: `It is disabled: aivault capability enable ${name}` });
}

async function unknownFirst(error: unknown, name: string, session: Session): Promise<unknown> {
  if (error instanceof AivaultError && error.code === 'capability_not_found') return switchedOff(error, name, session);
  if (!(error instanceof AivaultError) || ![2, 5].includes(exitCodeOf(error.toJSON()))) return error;
  const known = await (await session.host()).call('capabilities.describe', { id: name }).catch(() => null);
  const missing = known !== null && !known.ok && known.error.error === 'capability_not_found';
  return missing ? errorFromBody(known.error) : error;
}

/** The status of an answer that is not 2xx is said on stderr; only --fail makes it the exit code. */
function statusCode(answer: Answer, values: InvokeValues, session: Session): number {
  session.out.endBody();
  if (answer.status >= 200 && answer.status < 300) return 0;
  session.out.aside(`status: ${answer.status}${answer.statusText === '' ? '' : ` ${answer.statusText}`}`);
  return values.fail ? failExit : 0;
}

function parsed(bytes: Buffer): Json | null {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

const notStreamed = (values: InvokeValues) => {
  if (values.stream) throw new AivaultError('invalid_request', '--stream belongs to aivault invoke.');
};

/** A call whose answer is printed in another shape, so that all of it has to be there first. */
function callWhole(
  values: InvokeValues & { readonly id: string },
  session: Session,
  print: (bytes: Buffer, answer: Answer) => Promise<void>,
): Promise<number> {
  const use = async (answer: Answer): Promise<number> => {
    await print(await wholeBody(answer), answer);
    return statusCode(answer, values, session);
  };
  return call(values.id, values, session, use, notStreamed);
}

/** The answer has no such shape; another command prints any. */
function asItCame(message: string): AivaultError {
  return new AivaultError('response_refused', message, { hint: 'aivault invoke prints it as it came.' });
}

/** What --json prints: what was planned and what came back. The body keeps its digits and the order of its keys. */
function printExchange(session: Session, answer: Answer, content: readonly [name: string, value: Json]): Promise<void> {
  const head = parseJson(JSON.stringify({ planned: answer.planned ?? null })) as Json & { kind: 'object' };
  const [name, value] = content;
  const response: Json = {
    kind: 'object',
    entries: [
      ['status', '"status"', { kind: 'number', text: String(answer.status) }],
      [name, JSON.stringify(name), value],
    ],
  };
  const whole: Json = { kind: 'object', entries: [...head.entries, ['response', '"response"', response]] };
  return session.out.body(`${printJson(whole)}\n`);
}

const textValue = (text: string): Json => ({ kind: 'string', text, raw: JSON.stringify(text) });

function contentOf(bytes: Buffer): readonly [name: string, value: Json] {
  const value = bytes.length === 0 ? ({ kind: 'null' } as const) : parsed(bytes);
  if (value !== null) return ['json', value];
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes)
    ? ['bodyUtf8', textValue(text)]
    : ['bodyB64', textValue(bytes.toString('base64'))];
}

const invokeCommand = command({
  words: 'invoke',
  aliases: ['call'],
  summary: 'Call an API through a capability; the body is printed as it came.',
  arguments: { id },
  options: invokeOptions,
  examples: [
    `aivault invoke openai/chat-completions --body '{"model":"gpt-5.2","messages":[{"role":"user","content":"hello"}]}'`,
  ],
  run: (values, session) =>
    call(values.id, values, session, async (answer) => {
      if (session.out.json) await printExchange(session, answer, contentOf(await wholeBody(answer)));
      else for await (const chunk of chunksOf(answer)) await session.out.body(chunk);
      return statusCode(answer, values, session);
    }),
});

const jsonCommand = command({
  words: 'json',
  summary: 'Call an API and print its JSON answer, indented; --json adds what was planned and the status.',
  arguments: { id },
  options: invokeOptions,
  run: (values, session) =>
    callWhole(values, session, async (bytes, answer) => {
      const value: Json | null = bytes.length === 0 ? { kind: 'null' } : parsed(bytes);
      if (value === null) {
        statusCode(answer, values, session);
        throw asItCame('The answer is not JSON.');
      }
      if (session.out.json) await printExchange(session, answer, ['json', value]);
      else await session.out.body(`${printJson(value)}\n`);
    }),
});

const markdownCommand = command({
  words: 'markdown',
  aliases: ['md'],
  summary: 'Call an API and print its JSON answer as Markdown.',
  arguments: { id },
  options: { ...invokeOptions, ...markdownOptions },
  run: (values: Values<{ id: typeof id }, typeof invokeOptions & typeof markdownOptions>, session) =>
    callWhole(values, session, async (bytes, answer) => {
      const text = bytes.toString('utf8');
      if (!Buffer.from(text, 'utf8').equals(bytes)) throw asItCame('The answer is not text.');
      const value = parsed(bytes) ?? textValue(text);
      const markdown = toMarkdown(bytes.length === 0 ? { kind: 'null' } : value, {
        namespace: values.namespace,
        exclude: new Set(values['exclude-field']),
        wrap: new Set(values['wrap-field']),
      });
      if (session.out.json) await printExchange(session, answer, ['markdown', textValue(markdown)]);
      else await session.out.body(session.out.terminal && !markdown.endsWith('\n') ? `${markdown}\n` : markdown);
    }),
});

export const invokeCommands: readonly Command[] = [invokeCommand, jsonCommand, markdownCommand];
