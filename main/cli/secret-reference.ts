import { AivaultError } from '#contract/errors.ts';
import type { SecretMetadata } from '#contract/schemas/secrets.ts';
import { scopeText } from '#contract/scope-text.ts';
import { text } from './command.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { CallContext } from './scope-flags.ts';
import { invalid, type Session } from './session.ts';

// A secret is named by its id, as scripts do, or by its name, as people do.

export const secretReferenceOptions = {
  secret: text('NAME', 'The secret, by its name or alias: the most specific one in sight.'),
  'secret-ref': text('REF', 'The secret, by its id: vault:secret:<id>.'),
} as const;

interface ReferenceValues {
  readonly secret: string | undefined;
  readonly 'secret-ref': string | undefined;
}

/**
 * The `vault:secret:<id>` of the one secret the flags name. Throws `invalid_request` where they name none or
 * two, `not_found` where nothing is in sight.
 */
export async function readSecretRef(session: Session, values: ReferenceValues, context: CallContext): Promise<string> {
  const { secret: name, 'secret-ref': reference } = values;
  if ((name === undefined) === (reference === undefined)) {
    throw invalid('Say which secret: --secret NAME or --secret-ref vault:secret:<id>.');
  }
  if (reference !== undefined) return reference;
  const { secrets } = await session.ask('secrets.list', {});
  const named = secrets.filter((secret) => secret.name === name || secret.aliases.includes(name!));
  const found = scopesInSight(context)
    .map((scope) => named.find((secret: SecretMetadata) => scopeText(secret.scope) === scope))
    .find((secret) => secret !== undefined);
  if (found === undefined) throw unknownName('No secret of this name is in sight here.', name!, secrets);
  return `vault:secret:${found.secretId}`;
}

/**
 * The id of the one secret a line names, by --id or by its name or alias. Throws `not_found` where there is none,
 * `invalid_request` where it names none or several scopes have one: what changes or deletes a secret never guesses which.
 */
export async function readSecretId(session: Session, values: { name?: string; id?: string }): Promise<string> {
  const { name, id } = values;
  if ((name === undefined) === (id === undefined)) throw invalid('Say which secret: its name, or --id ID.');
  if (id !== undefined) return id;
  const { secrets } = await session.ask('secrets.list', {});
  const named = secrets.filter((secret) => secret.name === name || secret.aliases.includes(name!));
  if (named.length === 0) throw unknownName('There is no secret of this name.', name!, secrets);
  if (named.length > 1) {
    const choices = named.map((secret) => `--id ${secret.secretId} (${scopeText(secret.scope)})`);
    throw invalid('Several secrets have this name; say which by its id.', choices.join(', '));
  }
  return named[0]!.secretId;
}

function unknownName(message: string, name: string, secrets: readonly SecretMetadata[]): AivaultError {
  const near = nearest(
    name,
    secrets.flatMap((secret) => [secret.name, ...secret.aliases]).filter((known) => known !== name),
  );
  return new AivaultError('not_found', message, { hint: didYouMean(near) ?? 'See `aivault secrets list`.' });
}

/** Most specific first. */
function scopesInSight({ workspaceId, groupId }: CallContext): string[] {
  const group = groupId === undefined ? [] : [`group:${workspaceId}:${groupId}`];
  const workspace = workspaceId === undefined ? [] : [`workspace:${workspaceId}`];
  return [...group, ...workspace, 'global'];
}
