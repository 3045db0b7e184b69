import { AivaultError } from '#contract/errors.ts';
import { type Scope, scopeText } from '#contract/schemas/scope.ts';
import type { Tx } from './sealed.ts';
import { type SecretRow, secretsTable } from './secret-row.ts';

// Names and aliases are unique together within one scope, among secrets that are not deleted.

/** Aliases as they are kept: without repetitions, in order, none equal to the name. */
export function tidyAliases(aliases: readonly string[], name: string): string[] {
  return [...new Set(aliases.map((alias) => alias.trim()))].filter((alias) => alias !== '' && alias !== name).sort();
}

/** Throws `already_exists` where a name or alias is taken by another secret of this scope. */
export function requireFree(tx: Tx, names: readonly string[], scope: Scope, ownId: string | null): void {
  const wanted = new Set(names);
  const place = scopeText(scope);
  for (const [id, row] of tx.entries(secretsTable)) {
    if (id === ownId || row.revokedAtMs !== null || scopeText(row.scope) !== place) continue;
    if ([row.name, ...row.aliases].some((name) => wanted.has(name))) {
      throw new AivaultError('already_exists', 'Another secret of this scope has that name or alias.', {
        hint: 'Choose another name, or rotate the secret that has it.',
      });
    }
  }
}

export function answersTo(row: SecretRow, name: string, scope: Scope): boolean {
  return (
    row.revokedAtMs === null &&
    scopeText(row.scope) === scopeText(scope) &&
    (row.name === name || row.aliases.includes(name))
  );
}
