import type { Output, Parsed } from '#contract/call.ts';
import { AivaultError } from '#contract/errors.ts';
import type { Invoke } from '#contract/proxied.ts';
import type { OperatorCall } from '../dispatch.ts';

export interface TryDeps {
  readonly invoke: () => Invoke;
  readonly now: () => number;
}

const shownBytes = 256 * 1024;
const deadlineMs = 60_000;

/** One request of the window through the ten stages; the answer is redacted like every other, and capped for a screen. */
export async function tryCapability(
  { invoke, now }: TryDeps,
  input: Parsed<'capabilities.try'>,
  call: OperatorCall,
): Promise<Output<'capabilities.try'>> {
  if (call.actor.kind !== 'operator')
    throw new AivaultError('operator_required', 'Only the operator may try a capability.');
  const { capability, credential, method, path, headers, body } = input;
  const via = call.actor.via === 'host' ? 'window' : call.actor.via;
  const started = now();
  const answer = await invoke()(
    {
      door: 'envelope',
      caller: { kind: 'operator', via },
      method: 'POST',
      target: '/aivault/proxy',
      headers: [['content-type', 'application/json']],
      body: new TextEncoder().encode(
        JSON.stringify({ capability, credential, request: { method, path, headers, body } }),
      ),
      // The broker keeps it, and stops it while a person is asked.
      timeoutMs: deadlineMs,
    },
    new AbortController().signal,
  );
  const { text, bytes } = await readCapped(answer.body);
  return {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers.map(([name, value]) => ({ name, value })),
    body: text,
    truncated: bytes > shownBytes,
    bytes,
    tookMs: now() - started,
    refusal: answer.refusal === undefined ? null : refusalOf(answer.refusal),
    sent:
      answer.planned === undefined
        ? null
        : { method: answer.planned.method, url: answer.planned.url, credential: answer.planned.credential },
  };
}

function refusalOf({ error, message, hint }: { error: string; message: string; hint?: string }) {
  return { error, message, ...(hint === undefined ? {} : { hint }) };
}

/** The first 256 KiB as text; the rest is counted and dropped. */
async function readCapped(
  body: Uint8Array | AsyncIterable<Uint8Array> | null,
): Promise<{ text: string; bytes: number }> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body === null ? [] : body instanceof Uint8Array ? [body] : body) {
    if (bytes < shownBytes) kept.push(chunk.subarray(0, shownBytes - bytes));
    bytes += chunk.length;
  }
  return { text: new TextDecoder().decode(Buffer.concat(kept)), bytes };
}
