// How an entry reads: one word for its outcome, one sentence for what happened.

import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { Tone } from '../../ui/pill.tsx';

/** The pill of a row: an upstream's status where there is one, else the outcome. */
export function outcomePill(entry: AuditEntry): { text: string; tone: Tone } {
  if (entry.outcome === 'refused') return { text: 'refused', tone: 'bad' };
  if (entry.outcome === 'unknown') return { text: 'unknown', tone: 'warn' };
  if (entry.status !== undefined) {
    const tone = entry.status < 400 ? 'good' : entry.status < 500 ? 'warn' : 'bad';
    return { text: String(entry.status), tone };
  }
  if (entry.outcome === 'failed') return { text: 'failed', tone: 'warn' };
  return { text: entry.outcome, tone: entry.outcome === 'allowed' ? 'good' : 'plain' };
}

const refusals: Readonly<Record<string, string>> = {
  policy_violation: 'Refused: not in the capability',
  token_invalid: 'Refused: no token, or a dead one',
  vault_locked: 'Refused: the vault was locked',
  capability_not_found: 'Refused: no such capability for this token',
  credential_not_found: 'Refused: no key for it',
  credential_ambiguous: 'Refused: more than one key would fit',
  rate_limited: 'Refused: too many calls',
  too_large: 'Refused: too large',
  origin_refused: 'Refused: it came from a web page',
  operator_required: 'Refused: only the operator may ask this',
  presence_required: 'Refused: nobody proved to be there',
  approval_refused: 'Refused by you, or nobody answered',
  invalid_request: 'Refused: the request does not make sense',
  upstream_unreachable: 'The provider could not be reached',
  upstream_timeout: 'The provider did not answer in time',
  response_refused: 'The answer was held back',
  auth_failed: 'The provider refused to renew the login',
};

export function headline(entry: AuditEntry): string {
  if (entry.code !== undefined && refusals[entry.code] !== undefined) return refusals[entry.code] ?? '';
  if (entry.outcome === 'refused') return 'Refused';
  if (entry.outcome === 'unknown') return 'The host ended before the answer came';
  if (entry.kind !== 'invoke')
    return entry.outcome === 'done' ? `${entry.kind}: done` : `${entry.kind}: ${entry.outcome}`;
  return entry.status === undefined ? 'Sent' : `Answered with ${entry.status}`;
}

/** The consequence, as a sentence. */
export function consequence(entry: AuditEntry): string {
  if (entry.note !== undefined) return entry.note;
  if (entry.outcome === 'refused') return 'Nothing was sent and no key was opened.';
  if (entry.kind === 'invoke' && entry.outcome === 'failed')
    return 'It was sent; what the provider did with it is not known here.';
  if (entry.kind === 'invoke' && entry.outcome === 'unknown') return 'It may have been sent. Nothing more is known.';
  if (entry.redactions !== undefined && entry.redactions > 0) return 'The key was found in the answer and hidden.';
  return '';
}

/** What it was about, on one line: of a call that met no capability, what was asked. */
export function whatText({ capability, kind, method, path, secretPath }: AuditEntry): string {
  if (capability !== undefined) return capability;
  if (kind === 'invoke' && path !== undefined) return `${method ?? ''} ${path}`.trim();
  return secretPath === undefined ? kind : `${kind} ${secretPath}`;
}

/** How the operator's own doors read. */
export const people: Readonly<Record<string, string>> = {
  'operator:cli': 'you, CLI',
  'operator:window': 'you, window',
  'operator:console': 'you, console',
  'operator:host': 'the host',
  host: 'the host',
};

/** Who asked: a token by its name where one is known. */
export function callerText(entry: AuditEntry, tokenNames: ReadonlyMap<string, string>): string {
  const token = entry.actor.startsWith('agent:') ? entry.actor.slice('agent:'.length) : null;
  const who = token === null ? (people[entry.actor] ?? entry.actor) : (tokenNames.get(token) ?? token);
  const where = entry.groupId ?? entry.workspaceId;
  return where === undefined ? who : `${who} · ${where}`;
}
