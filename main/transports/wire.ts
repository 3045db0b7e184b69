import { AivaultError, type ErrorBody, errorFromBody } from '#contract/errors.ts';
import type { Answer } from '#contract/proxied.ts';
import { contractVersion } from '#contract/version.ts';

// The words both ends of the control socket share. Loaded by the CLI: nothing here may pull in a parser or a server.

export const wireHeader = {
  /** The version of whoever speaks, in both directions. */
  contract: 'aivault-contract',
  /** An invocation's head: base64url of JSON (contract/incoming-head.ts). */
  incoming: 'aivault-incoming',
  /** An answer's head: base64url of JSON. */
  answer: 'aivault-answer',
} as const;

/** Heads carry up to 256 headers of a proxied request, so they outgrow Node's default of 16 KiB. */
export const maxWireHeadBytes = 512 * 1024;
/** The largest question: an import of thousands of entries fits, a runaway client does not. */
export const maxQuestionBytes = 32 * 1024 * 1024;

/** The one operation that is answered across versions: otherwise an old host could not be replaced. */
export const versionlessOperation = 'host.shutdown';

/** The answer to an invocation without its body. */
export type AnswerHead = Pick<Answer, 'status' | 'statusText' | 'headers' | 'refusal' | 'planned'>;

export function encodeHead(head: unknown): string {
  return Buffer.from(JSON.stringify(head), 'utf8').toString('base64url');
}

/** Undefined where the text is not base64url of JSON. */
export function decodeHead(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Throws `contract_mismatch` where the other end speaks another version. */
export function checkContract(theirs: string | undefined): void {
  if (theirs === contractVersion) return;
  throw new AivaultError('contract_mismatch', 'This program and the running host are of different versions.', {
    hint: 'Run `aivault restart`.',
  });
}

/** What a failed question looks like on the wire. Anything that is not ours becomes `internal`, without its message. */
export function errorBody(error: unknown): ErrorBody {
  return (error instanceof AivaultError ? error : errorFromBody(undefined)).toJSON();
}
