import { AivaultError } from '#contract/errors.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import { maxSecretBytes, type Notice, secretName } from '#contract/schemas/secrets.ts';
import type { OperatorCall } from '../dispatch.ts';
import type { Services } from './services.ts';
import { createdNotices, createSecret, provision, rotateSecret } from './store-secret.ts';

interface ImportAnswer {
  created: string[];
  rotated: string[];
  skipped: { name: string; reason: string }[];
  notices: Notice[];
}

/**
 * Stores many secrets, each as if alone: a name that exists in the scope is rotated, a blank value skipped, the last of
 * one name wins. A blank name refuses the whole import before anything is stored.
 */
export async function importSecrets(
  services: Services,
  entries: readonly { readonly name: string; readonly value: string }[],
  scope: Scope,
  call: OperatorCall,
): Promise<ImportAnswer> {
  const wanted = new Map<string, string>();
  for (const { name, value } of entries) {
    if (name.trim() === '') throw new AivaultError('invalid_request', 'entries: a name is blank.');
    wanted.set(name.trim(), value);
  }
  const answer: ImportAnswer = { created: [], rotated: [], skipped: [], notices: [] };
  for (const [name, value] of wanted) {
    const reason = whySkip(name, value);
    if (reason !== null) answer.skipped.push({ name: shownName(name), reason });
    else await importOne(services, name, value, scope, call, answer);
  }
  return answer;
}

async function importOne(
  services: Services,
  name: string,
  value: string,
  scope: Scope,
  call: OperatorCall,
  answer: ImportAnswer,
): Promise<void> {
  const known = services.secrets.findByName(name, scope);
  const kind = known === undefined ? 'secrets.create' : 'secrets.rotate';
  const entry = await services.audit.change(kind, call.actorText, { scope, note: 'import' });
  try {
    if (known === undefined) {
      const row = await createSecret(services, { name, value, scope, aliases: [] });
      answer.created.push(row.name);
      answer.notices.push(...createdNotices(services, row, value));
      await entry.close('done', { secretId: row.secretId });
    } else {
      const row = await rotateSecret(services, known.secretId, value);
      answer.rotated.push(row.name);
      answer.notices.push(...provision(services, row, 'rotated'));
      await entry.close('done', { secretId: row.secretId });
    }
  } catch (error) {
    if (!(error instanceof AivaultError) || error.code === 'audit_unavailable') throw error;
    answer.skipped.push({ name, reason: error.message });
    await entry.close('refused', { code: error.code });
  }
}

function whySkip(name: string, value: string): string | null {
  if (!secretName.safeParse(name).success) return 'the name is too long or holds characters that cannot be shown';
  if (value.trim() === '') return 'the value is empty';
  if (Buffer.byteLength(value) > maxSecretBytes) return 'the value is too large';
  return null;
}

/** A name that is no name may be a value in the wrong place: it is not repeated. */
function shownName(name: string): string {
  return secretName.safeParse(name).success ? name : '(unusable name)';
}
