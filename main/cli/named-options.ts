import { AivaultError, errorFromBody } from '#contract/errors.ts';
import type { Command } from './command.ts';

// The host names what is wrong by the field of its question. Whoever typed the command knows options and arguments.

/** A value is also typed at a prompt or read from a file: its option would be named to somebody who never used it. */
const notTyped = ['value', 'passphrase'];

/** How an option may be called that becomes the field: `ttlMs` is --ttl, `capabilities` --capability, `secretId` --id. */
function spellings(field: string): readonly string[] {
  const kebab = field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');
  const shorter = [/-ms$/, /s$/, /es$/].map((end) => kebab.replace(end, ''));
  return [kebab, ...shorter, kebab.replace(/ies$/, 'y'), ...(field.endsWith('Id') ? ['id'] : [])];
}

function asTyped(field: string, { options, arguments: words }: Command): string | undefined {
  if (notTyped.includes(field)) return undefined;
  const names = spellings(field);
  const option = names.find((name) => Object.hasOwn(options, name));
  if (option !== undefined) return `--${option}`;
  const word = names.find((name) => Object.hasOwn(words, name));
  return word === undefined ? undefined : `<${word}>`;
}

/** The same refusal with `--ttl:` where the host said `ttlMs:`; whatever is no refusal of a field stays as it is. */
export function inWordsOf(command: Command, error: unknown): unknown {
  if (!(error instanceof AivaultError) || error.code !== 'invalid_request') return error;
  const body = error.toJSON();
  const message = body.message.replaceAll(
    /(^|; )([a-z][A-Za-z_]{0,23})(?:\.\d+)?(?=: )/g,
    (whole, before: string, field: string) => {
      const typed = asTyped(field, command);
      return typed === undefined ? whole : `${before}${typed}`;
    },
  );
  return message === body.message ? error : errorFromBody({ ...body, message });
}
