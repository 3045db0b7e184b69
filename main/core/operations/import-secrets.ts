import { AivaultError } from '#contract/errors.ts';
import { type ImportEntry, whySkipped } from '#contract/importable.ts';
import type { Scope } from '#contract/schemas/scope.ts';
import type { Notice } from '#contract/schemas/secrets.ts';
import type { ChangeFacts } from '../audit/log.ts';
import type { OperatorCall } from '../dispatch.ts';
import type { Tx } from '../vault/sealed.ts';
import type { SecretRow } from '../vault/secret-row.ts';
import { valueBytes, valueWarnings } from './secret-value.ts';
import type { Services } from './services.ts';
import { createdNotices, insertSecret, provision } from './store-secret.ts';

interface ImportAnswer {
  created: string[];
  rotated: string[];
  skipped: { name: string; reason: string }[];
  notices: Notice[];
}

/** So many are stored in one transaction: few enough that a stream beside it does not notice. */
const atOnce = 200;

interface Stored {
  readonly kind: 'secrets.create' | 'secrets.rotate';
  readonly row: SecretRow;
}
type Outcome = Stored | { readonly name: string; readonly error: AivaultError };

/**
 * Stores many secrets, each as if alone: a name that exists in the scope is rotated, a blank value skipped, the last of
 * one name wins, and each has its own audit entry. A blank name refuses the whole import before anything is stored.
 */
export async function importSecrets(
  services: Services,
  entries: readonly ImportEntry[],
  scope: Scope,
  call: OperatorCall,
): Promise<ImportAnswer> {
  const wanted = new Map<string, string>();
  for (const { name, value } of entries) {
    if (name.trim() === '') throw new AivaultError('invalid_request', 'entries: a name is blank.');
    wanted.set(name.trim(), value);
  }
  const answer: ImportAnswer = { created: [], rotated: [], skipped: [], notices: [] };
  const say = speaker(answer.notices);
  const fit: [name: string, value: string][] = [];
  for (const [name, value] of wanted) {
    const skipped = whySkipped({ name, value });
    if (skipped === null) fit.push([name, value]);
    else answer.skipped.push(skipped);
  }
  for (let at = 0; at < fit.length; at += atOnce) {
    await importSome(services, fit.slice(at, at + atOnce), scope, call, answer, say);
  }
  for (const event of ['secrets.changed', 'credentials.changed', 'capabilities.changed'] as const)
    services.announce(event);
  return answer;
}

async function importSome(
  services: Services,
  entries: readonly (readonly [name: string, value: string])[],
  scope: Scope,
  call: OperatorCall,
  answer: ImportAnswer,
  say: (notices: readonly Notice[]) => void,
): Promise<void> {
  const outcomes = await services.change((tx) =>
    entries.map(([name, value]) => storeOne(services, tx, name, value, scope)),
  );
  await Promise.all(
    outcomes.map((outcome) => services.audit.write({ ...entryFor(outcome, scope), actor: call.actorText })),
  );
  const values = new Map(entries);
  for (const outcome of outcomes) {
    if ('error' in outcome) {
      answer.skipped.push({ name: outcome.name, reason: outcome.error.message });
      continue;
    }
    const { name } = outcome.row;
    const value = values.get(name) ?? '';
    answer[outcome.kind === 'secrets.create' ? 'created' : 'rotated'].push(name);
    const notices =
      outcome.kind === 'secrets.create'
        ? createdNotices(services, outcome.row, value)
        : [...provision(services, outcome.row, 'rotated'), ...valueWarnings(services.registry, name, value)];
    say(notices.map((notice) => (notice.kind === 'warning' ? { ...notice, text: `${name}: ${notice.text}` } : notice)));
  }
}

/** Two secrets of one credential that arrive together say the same of it: once is enough. */
function speaker(into: Notice[]): (notices: readonly Notice[]) => void {
  const said = new Set<string>();
  return (notices) => {
    for (const notice of notices) {
      if (notice.kind !== 'warning' && said.has(notice.text)) continue;
      said.add(notice.text);
      into.push(notice);
    }
  };
}

/** One entry inside the transaction. What is refused writes nothing and leaves the others alone. */
function storeOne(services: Services, tx: Tx, name: string, text: string, scope: Scope): Outcome {
  let value: Uint8Array = new Uint8Array();
  try {
    value = valueBytes(text);
    const known = services.secrets.findByName(name, scope);
    if (known !== undefined) return { kind: 'secrets.rotate', row: services.secrets.rotate(tx, known.secretId, value) };
    return { kind: 'secrets.create', row: insertSecret(services, tx, { name, value, scope, aliases: [] }) };
  } catch (error) {
    if (error instanceof AivaultError) return { name, error };
    throw error;
  } finally {
    value.fill(0);
  }
}

function entryFor(outcome: Outcome, scope: Scope): ChangeFacts & { kind: string; outcome: 'done' | 'refused' } {
  const facts = { scope, note: 'import' };
  if ('error' in outcome) return { ...facts, kind: 'secrets.create', outcome: 'refused', code: outcome.error.code };
  return { ...facts, kind: outcome.kind, outcome: 'done', secretId: outcome.row.secretId };
}
