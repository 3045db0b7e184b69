import { callerName, standingText } from '#contract/approval-words.ts';
import type { ApprovalRequest, StandingApproval } from '#contract/schemas/approvals.ts';
import { bold, dim, type Output, yellow } from './output.ts';
import { relativeText } from './time-text.ts';

// A question and a yes, as a person reads them: who, what, where, and last what the caller wrote.

const shortLength = 8;
/** So much of an address and of a body is shown that the facts stay on the screen. */
const shownOfAddress = 1_000;
const listedOfAddress = 200;
const shownLines = 20;

/** What a person types of an id. */
export const shortId = (id: string) => id.slice(0, shortLength);

/** One line: who wants what, where, since when. */
export function printWaiting(out: Output, asked: ApprovalRequest, nowMs: number): void {
  out.line(
    '  ',
    bold(shortId(asked.approvalId)),
    `  ${callerName(asked)}: ${asked.method} ${asked.url.slice(0, listedOfAddress)}${unseenOf(asked.url, listedOfAddress)}`,
    dim(`  ${withWhat(asked)}, ${relativeText(asked.askedAtMs, nowMs)}${behind(asked)}`),
  );
}

const unseenOf = (url: string, seen: number) => (url.length <= seen ? '' : `… (${url.length - seen} more characters)`);

/** A terminal breaks a long line wherever it is full and begins the next one without our mark: nothing longer is given to it. */
function* pieces(text: string, columns: number): Generator<string> {
  let piece = '';
  let taken = 0;
  for (const character of text) {
    const wide = character <= '~' ? 1 : 2;
    if (taken + wide > columns && piece !== '') {
      yield piece;
      piece = '';
      taken = 0;
    }
    piece += character;
    taken += wide;
  }
  yield piece;
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
  const columns = Math.max(20, out.columns || 80) - 4;
  const [first = '', ...rest] = pieces(`${asked.method} ${asked.url.slice(0, shownOfAddress)}`, columns);
  out.line('  ', bold(first));
  for (const piece of rest) out.line('    ', bold(piece));
  const unseen = unseenOf(asked.url, shownOfAddress);
  if (unseen !== '') out.line('    ', yellow(unseen), dim(' `aivault approvals --json` shows them.'));
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
      const lines = body.text.split('\n').flatMap((line) => [...pieces(line, columns)]);
      for (const line of lines.slice(0, shownLines)) out.line('  | ', line);
      if (body.truncated || lines.length > shownLines) out.line('  ', dim('… and more.'));
    }
  }
  if (asked.alsoWaiting > 0) out.line('  ', `${asked.alsoWaiting} more like it wait; each is asked about.`);
}
