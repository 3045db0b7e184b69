import { type Asker, actorText, type Dispatch, type Handlers } from '#contract/call.ts';
import { AivaultError, type ErrorBody, type Result } from '#contract/errors.ts';
import { isOperationName, type OperationName, operations } from '#contract/operations.ts';
import type { AuditLog, ChangeFacts, OpenChange } from './audit/log.ts';
import { invalidRequest } from './invalid-request.ts';

export type ProvenPresence = 'passphrase' | 'window' | 'none';

/** What a handler knows of the question beside its input. */
export interface OperatorCall extends Asker {
  /** `operator:cli`, `agent:tok_…`: what the audit shows. */
  readonly actorText: string;
  /** Adds facts to this call's audit entry. Never values, names of secrets or free text of a caller. */
  note(facts: ChangeFacts): void;
  /** For rows that need presence only in some cases, or inside an entry of their own. Throws `presence_required`. */
  prove(): Promise<ProvenPresence | undefined>;
}

export type CoreHandlers = Handlers<OperatorCall>;

export interface DispatchDeps {
  readonly handlers: CoreHandlers;
  readonly audit: Pick<AuditLog, 'change' | 'write'>;
  /** Makes sure the vault is as the row needs it; opens or creates it where that may happen unasked. */
  readonly ready: (name: OperationName, asker: Asker) => Promise<void>;
  readonly provePresence: (asker: Asker) => Promise<ProvenPresence>;
  /** Called for every question. Those that only look at what a locked vault shows too do not count as activity. */
  readonly active: (counts: boolean) => void;
  /** Takes what must not leave the process; gives the reference it can be found under. */
  readonly logInternal: (error: unknown) => string;
}

/**
 * The one way into the operator plane: look up, access, vault state, parse, presence, handle. It is the only catcher
 * there: everything thrown below becomes a Result, and nothing but codes, constants and ids leaves.
 */
export function createDispatch(deps: DispatchDeps): Dispatch {
  return async (name, input, asker) => {
    deps.active(isActivity(name));
    const actor = actorText(asker.actor);
    const notes: ChangeFacts = {};
    try {
      if (!isOperationName(name)) throw new AivaultError('invalid_request', 'There is no operation of this name.');
      const row = operations[name];
      const run = () => handle(deps, name, input, asker, notes);
      if (row.effect === 'read' || writesItsOwnEntries(name)) return { ok: true, value: await run() };
      return await recorded(deps, name, actor, notes, run);
    } catch (error) {
      const body = toBody(deps, error);
      if (worthAnEntry(name, body)) await recordRefusal(deps, name, actor, notes, body);
      return { ok: false, error: body };
    }
  };
}

async function handle(
  deps: DispatchDeps,
  name: OperationName,
  input: unknown,
  asker: Asker,
  notes: ChangeFacts,
): Promise<unknown> {
  const row = operations[name];
  if (asker.actor.kind === 'agent' && row.access !== 'agent') {
    throw new AivaultError('operator_required', 'Only the operator may ask this; a token may not.');
  }
  await deps.ready(name, asker);
  const parsed = row.input.safeParse(input);
  if (!parsed.success) throw invalidRequest(parsed.error);
  const prove = async () => {
    if (asker.actor.kind === 'operator') notes.presence = await deps.provePresence(asker);
    return notes.presence;
  };
  const fresh = 'presence' in row && row.presence === 'fresh';
  if (fresh && !writesItsOwnEntries(name)) await prove();
  const call: OperatorCall = {
    ...asker,
    actorText: actorText(asker.actor),
    note: (facts) => Object.assign(notes, facts),
    prove,
  };
  // The table pairs each row's input with its own handler; TypeScript cannot follow that through a variable name.
  const handler = deps.handlers[name] as (input: unknown, call: OperatorCall) => Promise<unknown>;
  const value = await handler(parsed.data, call);
  if (fresh && asker.actor.kind === 'operator' && notes.presence === undefined)
    throw new Error(`${name} did not prove`);
  return value;
}

/** Locking and ending take access away: they are never refused for want of a log. */
const doneUnrecorded = new Set<OperationName>(['vault.lock', 'host.shutdown']);

/** Writes the intent, does the work, writes the outcome. What cannot be announced is not done, but for the two above. */
async function recorded(
  deps: DispatchDeps,
  name: OperationName,
  actor: string,
  notes: ChangeFacts,
  run: () => Promise<unknown>,
): Promise<Result<unknown>> {
  const entry = await announced(deps, name, actor);
  try {
    const value = await run();
    await entry.close('done', notes);
    return { ok: true, value };
  } catch (error) {
    const body = toBody(deps, error);
    await entry.close(body.error === 'internal' ? 'failed' : 'refused', { ...notes, code: body.error });
    return { ok: false, error: body };
  }
}

/** The entry of a change that begins. Throws `audit_unavailable`, unless it is one that is done all the same. */
async function announced(deps: DispatchDeps, name: OperationName, actor: string): Promise<OpenChange> {
  const opened = deps.audit.change(name, actor, {});
  if (!doneUnrecorded.has(name)) return opened;
  const unrecorded = (error: unknown) => void deps.logInternal(error);
  const entry = await opened.catch(unrecorded);
  return { close: async (...words) => entry?.close(...words).catch(unrecorded) };
}

function isActivity(name: string): boolean {
  return !isOperationName(name) || operations[name].vault === 'unlocked' || operations[name].effect === 'write';
}

/** Path secrets write an entry per read and write themselves, with path and version. */
function writesItsOwnEntries(name: OperationName): boolean {
  return name.startsWith('paths.');
}

/** Reads leave no trace, except where somebody asked for what is not theirs. */
function worthAnEntry(name: string, body: ErrorBody): boolean {
  if (body.error === 'audit_unavailable') return false;
  if (!isOperationName(name) || body.error === 'operator_required') return true;
  return body.error === 'presence_required' && !writesItsOwnEntries(name);
}

async function recordRefusal(
  deps: DispatchDeps,
  name: string,
  actor: string,
  notes: ChangeFacts,
  body: ErrorBody,
): Promise<void> {
  const kind = isOperationName(name) ? name : 'unknown';
  // The question is refused either way; an unwritable log cannot make that less true.
  await deps.audit.write({ ...notes, kind, actor, outcome: 'refused', code: body.error }).catch(() => undefined);
}

function toBody(deps: DispatchDeps, error: unknown): ErrorBody {
  if (error instanceof AivaultError) {
    if (error.code === 'internal' || error.cause !== undefined) deps.logInternal(error);
    return error.toJSON();
  }
  const reference = deps.logInternal(error);
  return { error: 'internal', message: `Something went wrong inside aivault (reference ${reference}).` };
}
