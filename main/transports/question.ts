import type { Presence } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import { jsonFault } from '#contract/json-fault.ts';

/** The body of a question: `{input, presence?: {passphrase}}` and nothing else. Throws `invalid_request`. */
export function readQuestion(bytes: Uint8Array): { input: unknown; presence?: Presence } {
  let question: unknown;
  try {
    question = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    question = null;
  }
  const unreadable = new AivaultError('invalid_request', 'The question is not JSON of the form {"input":…}.');
  if (typeof question !== 'object' || question === null || !('input' in question)) throw unreadable;
  const { input, presence, ...unknown } = question as { input: unknown; presence?: { passphrase?: unknown } | null };
  if (Object.keys(unknown).length > 0) throw unreadable;
  const fault = jsonFault(input);
  if (fault !== null) throw new AivaultError('invalid_request', fault);
  const passphrase = presence?.passphrase;
  return typeof passphrase === 'string' ? { input, presence: { passphrase } } : { input };
}
