import { AivaultError } from '#contract/errors.ts';
import type { Message, MessagePipe } from '#contract/proxied.ts';
import type { Policy } from '#contract/schemas/catalog.ts';
import type { OpenRequest } from './open-request.ts';
import type { Forms } from './redact/forms.ts';
import { redactText, redactWhole } from './redact/text.ts';
import type { Returned } from './stages/filter-response.ts';

/** RFC 6455 §7.4.1: a message too big to process. */
const tooBig = 1009;

/**
 * Carries messages both ways until both sides are closed. Every message of the upstream is searched whole; what the
 * upstream splits over two messages is two messages to any reader. The capability's size limits hold for all messages of
 * one direction together. False where a side broke instead of closing.
 */
export async function relay(
  caller: MessagePipe,
  upstream: MessagePipe,
  forms: Forms,
  request: OpenRequest,
  counts: Returned['counts'],
  policy: Pick<Policy, 'maxRequestBodyBytes' | 'maxResponseBodyBytes'>,
): Promise<boolean> {
  function hold(bytes: number, limit: number | null, code: 'too_large' | 'response_refused'): void {
    if (limit === null || bytes <= limit) return;
    const error = new AivaultError(code, 'The messages are larger than their capability allows.');
    // First of all, so that this is what is written down and not that somebody hung up.
    request.brokeOff(error);
    caller.close(tooBig, code);
    throw error;
  }

  async function down(): Promise<void> {
    for await (const message of upstream.incoming) {
      counts.bytes += message.data.length;
      hold(counts.bytes, policy.maxResponseBodyBytes, 'response_refused');
      const clean = searched(message, forms, counts);
      if (request.over) return;
      await caller.send(clean);
    }
    const { code, reason } = upstream.closed();
    caller.close(code, redactText(reason, forms));
  }

  async function up(): Promise<void> {
    for await (const message of caller.incoming) {
      request.sentBytes += message.data.length;
      hold(request.sentBytes, policy.maxRequestBodyBytes, 'too_large');
      await upstream.send(message);
    }
    const { code, reason } = caller.closed();
    upstream.close(code, reason);
  }

  const ended = await Promise.allSettled([down(), up()]);
  caller.close(1011, '');
  upstream.close(1011, '');
  return ended.every(({ status }) => status === 'fulfilled');
}

function searched(message: Message, forms: Forms, counts: { redactions: number }): Message {
  const { bytes, count } = redactWhole(message.data, forms);
  counts.redactions += count;
  return { ...message, data: bytes };
}
