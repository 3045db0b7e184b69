import type { Parsed } from './call.ts';
import type { ApprovalRequest, StandingApproval } from './schemas/approvals.ts';
import { spelledOut } from './spelled-out.ts';

// How a question for approval and its answer read, in the window, in the system's own dialog and at a terminal: a person
// must find the same words in all of them.

/** Data with every control, direction and separator character spelled out: none can hide or turn what stands beside it. */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, spelledOut);
}

const operators: Readonly<Record<string, string>> = {
  'operator:cli': 'The command line',
  'operator:window': 'The window',
  'operator:console': 'The console',
};

/** Who asks, as a person would say it: the name its token was given, or which door of the operator's. Names may be alike. */
export function callerName({ actor, token }: Pick<ApprovalRequest | StandingApproval, 'actor' | 'token'>): string {
  if (token !== null) return visibleText(token.name ?? token.tokenId);
  return operators[actor] ?? visibleText(actor);
}

/** What a yes reaches. */
export type ApprovalRule = Pick<Parsed<'approvals.allow'>, 'lasts' | 'covers'>;

/** What the rule allows, to follow the caller's name: `may send …`. `inAnHour`: the time that will be. */
export function ruleText(
  { method, capability, credential }: ApprovalRequest,
  rule: ApprovalRule,
  inAnHour: string,
): string {
  if (rule.lasts === 'once') return 'may send exactly this request, once.';
  const end = rule.lasts === 'hour' ? `until ${inAnHour}` : 'until its token ends';
  return rule.covers === 'request'
    ? `may send ${method} to exactly this address, with any body, ${end}.`
    : `may send anything ${capability} allows, with ${credential}, ${end}.`;
}

/** What a yes that stands allows, to follow the caller's name: `may send …`. */
export function standingText({ capability, credential, method, url }: StandingApproval): string {
  return method === null || url === null
    ? `may send anything ${capability} allows, with ${credential}`
    : `may send ${method} ${visibleText(url)}, with any body`;
}
