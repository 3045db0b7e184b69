import { AivaultError } from '#contract/errors.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { scopeText } from '#contract/scope-text.ts';
import type { SecretRow } from './secret-row.ts';

// Names and aliases are unique together within one scope, among secrets that are not deleted.

/** Aliases as they are kept: without repetitions, in order, none equal to the name. */
export function tidyAliases(aliases: readonly string[], name: string): string[] {
  return [...new Set(aliases.map((alias) => alias.trim()))].filter((alias) => alias !== '' && alias !== name).sort();
}

/**
 * Which secrets ever had a name in a scope: a hint that is never wrong by leaving one out, so that storing the ten
 * thousandth secret does not look at all the others. Whoever finds something here looks at the row itself.
 */
export class NameIndex {
  readonly #ids = new Map<string, Set<string>>();

  constructor(rows: Iterable<SecretRow>) {
    for (const row of rows) this.add(row);
  }

  add(row: SecretRow): void {
    for (const name of [row.name, ...row.aliases]) {
      const key = keyOf(name, row.scope);
      const ids = this.#ids.get(key);
      if (ids === undefined) this.#ids.set(key, new Set([row.secretId]));
      else ids.add(row.secretId);
    }
  }

  /** The secret that answers to this name or alias now, as `get` sees it. */
  find(name: string, scope: Scope, get: (secretId: string) => SecretRow | undefined): SecretRow | undefined {
    for (const secretId of this.#ids.get(keyOf(name, scope)) ?? []) {
      const row = get(secretId);
      if (row !== undefined && answersTo(row, name, scope)) return row;
    }
    return undefined;
  }
}

/** Throws `already_exists` where a name or alias is taken by another secret of this scope. */
export function requireFree(
  names: readonly string[],
  scope: Scope,
  ownId: string | null,
  find: (name: string, scope: Scope) => SecretRow | undefined,
): void {
  for (const name of names) {
    const holder = find(name, scope);
    if (holder === undefined || holder.secretId === ownId) continue;
    throw new AivaultError('already_exists', 'Another secret of this scope has that name or alias.', {
      hint: 'Choose another name, or rotate the secret that has it.',
    });
  }
}

function answersTo(row: SecretRow, name: string, scope: Scope): boolean {
  return (
    row.revokedAtMs === null &&
    scopeText(row.scope) === scopeText(scope) &&
    (row.name === name || row.aliases.includes(name))
  );
}

/** Unambiguous: no scope's text holds a line break, nor does a name. */
function keyOf(name: string, scope: Scope): string {
  return `${scopeText(scope)}\n${name}`;
}
