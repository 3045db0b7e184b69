import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorBody } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import { useAnswers } from '../../query.ts';
import { type ActivityFilter, questionOf } from './activity-filter.ts';

const pageSize = 200;
const minute = 60_000;

interface Entries {
  readonly entries: readonly AuditEntry[] | undefined;
  readonly error: ErrorBody | undefined;
  /** Loads the next older page; does nothing where there is none. */
  readonly more: () => void;
  readonly now: number;
}

/** The log, newest first: new entries come in on top while live, older ones a page at a time on scrolling down. */
export function useEntries(filter: ActivityFilter, live: boolean): Entries {
  const { client } = useAnswers();
  const [now, setNow] = useState(() => Math.ceil(Date.now() / minute) * minute);
  const [state, setState] = useState<{
    entries: readonly AuditEntry[] | undefined;
    error: ErrorBody | undefined;
    done: boolean;
  }>({
    entries: undefined,
    error: undefined,
    done: false,
  });
  const loading = useRef(false);
  const turn = useRef(0);

  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    setState({ entries: undefined, error: undefined, done: false });
    const head = async () => {
      const result = await client.call('audit.list', questionOf(filter, Date.now(), pageSize));
      if (mine !== turn.current) return;
      if (!result.ok) return setState((state) => ({ ...state, error: result.error }));
      const fresh = result.value.entries;
      setState((state) => joined(state, fresh, fresh.length < pageSize));
    };
    void head();
    if (!live) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = client.onEvent(({ event }) => {
      if (event !== 'audit.appended') return;
      timer ??= setTimeout(() => {
        timer = undefined;
        setNow(Math.ceil(Date.now() / minute) * minute);
        void head();
      }, 250);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, filter, live]);

  const last = state.entries?.at(-1)?.seq;
  const more = useCallback(() => {
    if (last === undefined || state.done || loading.current) return;
    loading.current = true;
    const mine = turn.current;
    void client
      .call('audit.list', { ...questionOf(filter, Date.now(), pageSize * 5), beforeSeq: last })
      .then((result) => {
        if (mine !== turn.current || !result.ok) return;
        const older = result.value.entries;
        setState((state) => ({ ...state, entries: [...(state.entries ?? []), ...older], done: older.length === 0 }));
      })
      .finally(() => {
        loading.current = false;
      });
  }, [client, filter, last, state.done]);

  return { entries: state.entries, error: state.error, more, now };
}

/** The newest page on top of what is already there; an entry that closed meanwhile takes its newer form. */
function joined(
  state: { entries: readonly AuditEntry[] | undefined; done: boolean },
  fresh: readonly AuditEntry[],
  whole: boolean,
): { entries: readonly AuditEntry[]; error: undefined; done: boolean } {
  const oldest = fresh.at(-1)?.seq ?? 0;
  const rest = (state.entries ?? []).filter((entry) => entry.seq < oldest);
  return { entries: [...fresh, ...rest], error: undefined, done: state.done || (whole && rest.length === 0) };
}
