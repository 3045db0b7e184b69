import { useCallback, useEffect, useRef, useState } from 'react';
import type { Input } from '#contract/call.ts';
import type { ErrorBody } from '#contract/errors.ts';
import { staleBy } from '#contract/events.ts';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { useAnswers } from '../../query.ts';

export type PathQuestion = Pick<Input<'paths.list'>, 'prefix' | 'tag' | 'expiringWithin' | 'deleted'>;

export interface Paths {
  /** Undefined before the first answer; the last answer stays while another question is on its way. */
  readonly secrets: readonly PathSummary[] | undefined;
  /** There are more than `secrets`. */
  readonly hasMore: boolean;
  readonly error: ErrorBody | undefined;
  /** Asks for as many again. */
  more(): void;
}

/** Never more than this many rows: beyond it, typing how a path begins is the way. */
export const mostPaths = 20_000;
const pageSize = 1_000;
const firstCount = 200;
/** Announcements come in bursts; one reload serves each burst. */
const settleMs = 80;
const nothing = { secrets: undefined, hasMore: false, error: undefined } as const;

/**
 * Path secrets without their values, page by page, kept fresh. A tree needs all of them (`whole`); a table asks for
 * more when its end comes into view, twice as many each time, so that a reload is never far more than what is shown.
 */
export function usePaths(question: PathQuestion, whole: boolean): Paths {
  const { client } = useAnswers();
  const text = JSON.stringify(question);
  const [shown, setShown] = useState<Omit<Paths, 'more'>>(nothing);
  const [grown, setGrown] = useState({ text, count: firstCount });
  const count = whole ? mostPaths : grown.text === text ? grown.count : firstCount;
  const turn = useRef(0);

  const load = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    const secrets: PathSummary[] = [];
    let cursor: string | undefined;
    for (;;) {
      const limit = Math.min(pageSize, count - secrets.length);
      const asked = JSON.parse(text) as PathQuestion;
      const page = await client.call('paths.list', { ...asked, limit, ...(cursor === undefined ? {} : { cursor }) });
      // A late answer never replaces a newer one.
      if (mine !== turn.current) return;
      if (!page.ok) {
        setShown((before) => ({ ...before, error: page.error }));
        return;
      }
      secrets.push(...page.value.secrets);
      cursor = page.value.cursor ?? undefined;
      if (cursor === undefined || secrets.length >= count) break;
    }
    setShown({ secrets, hasMore: cursor !== undefined, error: undefined });
  }, [client, text, count]);

  useEffect(() => {
    void load();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = client.onEvent(({ event }) => {
      if (!(staleBy[event] as readonly string[]).includes('paths.list')) return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), settleMs);
    });
    return () => {
      turn.current += 1;
      clearTimeout(timer);
      stop();
    };
  }, [client, load]);

  const { hasMore } = shown;
  const more = useCallback(() => {
    if (hasMore && count < mostPaths) setGrown({ text, count: Math.min(mostPaths, count * 2) });
  }, [hasMore, text, count]);
  return { ...shown, more };
}
