import { callerName, standingText } from '#contract/approval-words.ts';
import type { ApprovalRequest, StandingApproval } from '#contract/schemas/approvals.ts';
import { bold, dim, type Output, yellow } from './output.ts';
import { relativeText } from './time-text.ts';

// A question and a yes, as a person reads them: who, what, where, and last what the caller wrote.

const shortLength = 8;

/** What a person types of an id. */
export const shortId = (id: string) => id.slice(0, shortLength);

/** One line: who wants what, where, since when. */
export function printWaiting(out: Output, asked: ApprovalRequest, nowMs: number): void {
  out.line(
    '  ',
    bold(shortId(asked.approvalId)),
    `  ${callerName(asked)}: ${asked.method} ${asked.url}`,
    dim(`  ${withWhat(asked)}, ${relativeText(asked.askedAtMs, nowMs)}${behind(asked)}`),
  );
}

const behind = ({ alsoWaiting }: ApprovalRequest) => (alsoWaiting === 0 ? '' : `, ${alsoWaiting} more like it`);

export function printStanding(out: Output, standing: StandingApproval, nowMs: number): void {
  const until = standing.untilMs === null ? 'as long as the token' : `ends ${relativeText(standing.untilMs, nowMs)}`;
  out.line(
    '  ',
    bold(shortId(standing.standingId)),
    `  ${callerName(standing)} ${standingText(standing)}`,
    dim(`  ${withWhat(standing)}, ${until}`),
  );
}

/** Which capability, which credential, which token: names of tokens may be alike. */
function withWhat({ capability, credential, token }: ApprovalRequest | StandingApproval): string {
  return [capability, credential, ...(token === null ? [] : [token.tokenId])].join(', ');
}

/** The whole question. What the caller wrote stands behind bars, so that it cannot pass for ours. */
export function printQuestion(out: Output, asked: ApprovalRequest): void {
  const fact = (label: string, value: string) => out.line('  ', dim(label.padEnd(12)), value);
  out.line(bold(callerName(asked)), ' asks:');
  out.line('  ', bold(`${asked.method} ${asked.url}`));
  fact('Capability:', `${asked.capability}, ${asked.effect}`);
  fact('Credential:', asked.credential);
  if (asked.token !== null) fact('Token:', asked.token.tokenId);
  if (asked.workspaceId !== null) fact('Context:', [asked.workspaceId, asked.groupId].filter(Boolean).join(':'));
  if (asked.token === null && asked.consumer !== null) fact('Consumer:', asked.consumer);
  const { body } = asked;
  if (body !== null) {
    fact('Body:', `${body.bytes} bytes, sha256 ${body.sha256}`);
    if (body.text === null) out.line('  ', dim('It is not text.'));
    else {
      out.line('  ', yellow('Written by the caller:'));
      for (const line of body.text.split('\n')) out.line('  | ', line);
      if (body.truncated) out.line('  ', dim('… and more.'));
    }
  }
  if (asked.alsoWaiting > 0) out.line('  ', `${asked.alsoWaiting} more like it wait; each is asked about.`);
}
