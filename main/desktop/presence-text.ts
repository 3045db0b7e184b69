import { callerName, ruleText, visibleText } from '#contract/approval-words.ts';
import type { Parsed } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import { type OperationName, operations } from '#contract/operations.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';

/** What the system's own dialog asks. */
export interface PresenceQuestion {
  readonly message: string;
  readonly detail: string;
  /** The button that says yes. */
  readonly yes: string;
}

/** The dialog cannot scroll. What is longer is cut at its end, and says so; a host's name always fits. */
const nameShown = 120;
const addressShown = 480;
const hourMs = 60 * 60_000;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/**
 * What to ask a person before a row that needs them. For an approval it is the request itself, as the host has it: the
 * page says only which. Throws `not_found` where it no longer waits.
 */
export async function presenceQuestion(
  name: OperationName,
  input: unknown,
  waiting: () => Promise<readonly ApprovalRequest[]>,
): Promise<PresenceQuestion> {
  const allow = name === 'approvals.allow' ? operations[name].input.safeParse(input) : null;
  if (allow?.success !== true) {
    const about = subjectOf(input);
    return {
      message: 'Is it you who asks for this?',
      detail:
        operations[name].summary + (about === null ? '' : `\n\nIt is about ${cut(visibleText(about), nameShown)}.`),
      yes: 'Yes, do it',
    };
  }
  const request = (await waiting()).find(({ approvalId }) => approvalId === allow.data.approvalId);
  if (request === undefined) {
    throw new AivaultError('not_found', 'No request waits under this id; it may have been answered already.');
  }
  return { message: 'Allow this request?', detail: requestText(request, allow.data), yes: 'Allow' };
}

/** The capability, credential or path a question is about, where it names one. */
function subjectOf(input: unknown): string | null {
  const named = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const about = named.capability ?? named.id ?? named.path;
  return typeof about === 'string' ? about : null;
}

function requestText(request: ApprovalRequest, rule: Parsed<'approvals.allow'>): string {
  const { capability, credential, method, body } = request;
  const caller = cut(callerName(request), nameShown);
  const lines = [
    `${caller} wants to use ${capability}, with ${credential}:`,
    '',
    `${method} ${cut(visibleText(request.url), addressShown)}`,
    ...(body === null ? [] : [`with ${body.bytes.toLocaleString('en-GB')} bytes of its own, SHA-256 ${body.sha256}`]),
    '',
    `Rule: ${caller} ${ruleText(request, rule, clock.format(Date.now() + hourMs))}`,
  ];
  return lines.join('\n');
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length.toLocaleString('en-GB')} characters)`;
}
