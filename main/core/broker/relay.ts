import type { Message, MessagePipe } from '#contract/proxied.ts';
import type { OpenRequest } from './open-request.ts';
import type { Forms } from './redact/forms.ts';
import { redactText, redactWhole } from './redact/text.ts';
import type { Returned } from './stages/filter-response.ts';

/**
 * Carries messages both ways until both sides are closed. Every message of the upstream is searched whole; what the
 * upstream splits over two messages is two messages to any reader. False where a side broke instead of closing.
 */
export async function relay(
  caller: MessagePipe,
  upstream: MessagePipe,
  forms: Forms,
  request: OpenRequest,
  counts: Returned['counts'],
): Promise<boolean> {
  async function down(): Promise<void> {
    for await (const message of upstream.incoming) {
      counts.bytes += message.data.length;
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
