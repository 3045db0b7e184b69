import type { Page } from 'playwright';
import type { FakeUpstream } from '../fake-upstream.ts';
import type { Stage, StageOptions } from './stage.ts';
import type { Place } from './stages.ts';
import { callOpenai, onUpstreamStage } from './upstream-stage.ts';
import { ApprovalCard, Frame } from './window-pages.ts';

/** What is asked about, and where a call of it goes. */
export const capability = 'openai/chat-completions';
export const path = '/v1/chat/completions';

export interface Asking {
  readonly stage: Stage;
  readonly upstream: FakeUpstream;
  readonly page: Page;
  readonly card: ApprovalCard;
  /** Calls as a tool does; resolves to the status. */
  call(body?: string, target?: string): Promise<number>;
}

/** An open window over a vault whose openai/chat-completions asks before each call. */
export function onAsking(
  place: Place,
  use: (asking: Asking) => Promise<void>,
  { name = 'claude in web-shop', ...options }: StageOptions & { readonly name?: string } = {},
): Promise<void> {
  return onUpstreamStage(place, { furnished: true, ...options }, async (stage, upstream) => {
    await stage.call('policies.set', { capability, askOperator: true });
    const { token } = await stage.call('tokens.mint', { name, capabilities: [capability] });
    stage.answerDialog?.(1);
    const page = await stage.open();
    await new Frame(page).ready();
    const call = (body?: string, target = path) => {
      const answer = callOpenai(stage, token, target, body);
      // A test that fails before it looks at the answer fails for its own reason.
      answer.catch(() => undefined);
      return answer;
    };
    await use({ stage, upstream, page, card: new ApprovalCard(page), call });
  });
}
