// How the fields of a path secret are called where programs read variables. Here, so that what the CLI writes and what
// the window copies have the same names.

/** A field as text: strings as they are, anything else as JSON. */
export function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `client-id` → `CLIENT_ID`: a name every shell accepts. Two fields may come to one name. */
export function variableName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9_]/g, '_').toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

const steering =
  /^(?:LD_.*|DYLD_.*|PATH|HOME|SHELL|IFS|ENV|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|PS4|PROMPT_COMMAND|CDPATH|ZDOTDIR|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|ELECTRON_RUN_AS_NODE|PYTHON(?:PATH|HOME|STARTUP|INSPECT|BREAKPOINT)|PERL5?(?:OPT|LIB|DB)|RUBY(?:OPT|LIB)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|MAVEN_OPTS|GIT_(?:SSH.*|EXEC_PATH|CONFIG.*|ASKPASS|EDITOR|PAGER|PROXY_COMMAND|EXTERNAL_DIFF|TEMPLATE_DIR)|SSH_ASKPASS|NPM_CONFIG_.*|GCONV_PATH|GLIBC_TUNABLES|EDITOR|VISUAL|PAGER|LESSOPEN|LESSCLOSE|BROWSER|OPENSSL_(?:CONF|MODULES)|SSLKEYLOGFILE|(?:HTTPS?|ALL|NO)_PROXY|AIVAULTD?_.*)$/;

/**
 * Whether a variable of this name makes a shell, a loader or an interpreter run something else than it was asked to: who
 * may write a path secret may not thereby run something for whoever reads it (threats B2).
 */
export function steersPrograms(name: string): boolean {
  return steering.test(name);
}
