import type { Approvals, Covering, Lasting } from '../approvals/approvals.ts';
import type { Subject } from '../approvals/standing.ts';
import type { CoreHandlers, OperatorCall } from '../dispatch.ts';

type ApprovalRows = 'approvals.list' | 'approvals.allow' | 'approvals.deny' | 'approvals.withdraw';

const howLong: Readonly<Record<Lasting, string>> = {
  once: 'once',
  hour: 'for an hour',
  token: 'as long as the token',
};
const howMuch: Readonly<Record<Covering, string>> = { request: 'this request', capability: 'whatever it allows' };

/** What a person decides about requests that wait. Each decision is an entry that says whose request, of what, and for how long. */
export function approvalHandlers(approvals: Approvals): Pick<CoreHandlers, ApprovalRows> {
  return {
    'approvals.list': async () => approvals.list(),

    'approvals.allow': async ({ approvalId, lasts, covers }, call) => {
      const { asked, standing } = approvals.allow(approvalId, lasts, covers);
      noteSubject(call, asked);
      call.note({
        method: asked.method,
        host: asked.host,
        note: `${howMuch[covers]} ${howLong[lasts]}, approval: ${standing?.standingId ?? approvalId}${askedBy(asked)}`,
      });
      return { standing };
    },

    'approvals.deny': async ({ approvalId }, call) => {
      const asked = approvals.deny(approvalId);
      noteSubject(call, asked);
      call.note({ method: asked.method, host: asked.host, note: `approval: ${approvalId}${askedBy(asked)}` });
      return { approvalId };
    },

    'approvals.withdraw': async ({ standingId }, call) => {
      const about = approvals.withdraw(standingId);
      if (about !== undefined) {
        const { capability, credential, token } = about;
        call.note({ capability, credential, note: `approval: ${standingId}` });
        if (token !== null) call.note({ tokenId: token.tokenId });
      }
      return { withdrawn: about !== undefined };
    },
  };
}

/** A token has a field of its own. */
function askedBy({ grant }: Subject): string {
  return grant.tokenId === null ? `, asked by ${grant.actor}` : '';
}

/** Who and what. The operator's own requests have no token. */
function noteSubject(call: OperatorCall, { grant, capability, credential }: Subject): void {
  const { tokenId, context } = grant;
  call.note({ capability: capability.id, credential: credential.id, ...context });
  if (tokenId !== null) call.note({ tokenId });
}
