import { fieldText, variableName as plainName } from '#contract/variable-name.ts';
import { invalid } from './session.ts';

// A path secret's fields in the ways programs read them.

export const formats = ['json', 'env', 'dotenv'] as const;
export type Format = (typeof formats)[number];
type Data = Readonly<Record<string, unknown>>;

/** One field as text. Throws `invalid_request` where there is no such field. */
export function readField(data: Data, field: string): string {
  if (!Object.hasOwn(data, field)) {
    throw invalid('The secret has no such field.', `It has: ${Object.keys(data).join(', ')}`);
  }
  return fieldText(data[field]);
}

/** Variables that make a shell, a loader or an interpreter run something else than it was asked to. */
const steering =
  /^(?:LD_.*|DYLD_.*|PATH|HOME|SHELL|IFS|ENV|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|PS4|PROMPT_COMMAND|CDPATH|ZDOTDIR|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|ELECTRON_RUN_AS_NODE|PYTHON(?:PATH|HOME|STARTUP|INSPECT|BREAKPOINT)|PERL5?(?:OPT|LIB|DB)|RUBY(?:OPT|LIB)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|MAVEN_OPTS|GIT_(?:SSH.*|EXEC_PATH|CONFIG.*|ASKPASS|EDITOR|PAGER|PROXY_COMMAND|EXTERNAL_DIFF|TEMPLATE_DIR)|SSH_ASKPASS|NPM_CONFIG_.*|GCONV_PATH|GLIBC_TUNABLES|EDITOR|VISUAL|PAGER|LESSOPEN|LESSCLOSE|BROWSER|OPENSSL_(?:CONF|MODULES)|SSLKEYLOGFILE|(?:HTTPS?|ALL|NO)_PROXY|AIVAULTD?_.*)$/;

/**
 * `client-id` → `CLIENT_ID`. Throws `invalid_request` for a name that would steer programs: who may write a secret may
 * not thereby run something in the shell of whoever reads it (threats B2).
 */
export function variableName(field: string): string {
  const name = plainName(field);
  if (steering.test(name)) {
    throw invalid(
      `The field ${name} would steer the programs that get it.`,
      'Rename the field, or read it with --field; kv run --qualified puts its path in front.',
    );
  }
  return name;
}

/** All fields in one format, ending in a newline. */
export function inFormat(data: Data, format: Format): string {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  const line = format === 'env' ? shellLine : dotenvLine;
  return Object.keys(data)
    .map((field) => `${line(variableName(field), fieldText(data[field]))}\n`)
    .join('');
}

/** POSIX single quotes: nothing inside them means anything. */
export function shellLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

/** Double quotes with the escapes .env readers share. */
function dotenvLine(name: string, value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('$', '\\$');
  return `${name}="${escaped}"`;
}
