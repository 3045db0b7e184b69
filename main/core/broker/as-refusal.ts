import { AivaultError } from '#contract/errors.ts';
import type { BrokerPorts } from './ports.ts';

/** What was thrown, as something that may be shown. A bug gets a reference; its cause stays in the process. */
export function asRefusal(thrown: unknown, ports: Pick<BrokerPorts, 'report'>): AivaultError {
  if (thrown instanceof AivaultError) return thrown;
  const reference = ports.report?.(thrown);
  const sentence = `Something is wrong in the broker${reference === undefined ? '' : ` (reference ${reference})`}.`;
  return new AivaultError('internal', sentence, { cause: thrown });
}
