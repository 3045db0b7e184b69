// Answers, kept by question, refetched when an event says they are stale. There is no second store to keep in step.

import { createContext, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Call, Input, Output } from '#contract/call.ts';
import type { ErrorBody, Result } from '#contract/errors.ts';
import { type EventName, staleBy } from '#contract/events.ts';
import type { OperationName } from '#contract/operations.ts';
import type { Client } from './client.ts';

/** What one question looks like from a screen. `value` stays while a newer answer is on its way. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly error: ErrorBody | undefined;
  readonly busy: boolean;
}

interface Slot {
  readonly name: OperationName;
  readonly input: unknown;
  readonly listeners: Set<() => void>;
  answer: Answer<unknown>;
  /** Counts questions, so that a late answer never replaces a newer one. */
  asked: number;
}

const waiting: Answer<never> = { value: undefined, error: undefined, busy: true };
/** Announcements come in bursts (an import, a busy agent); one refetch serves each burst. */
const settleMs = 80;

export class Answers {
  readonly client: Client;
  readonly #slots = new Map<string, Slot>();
  readonly #stale = new Set<OperationName>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.client = client;
    client.onEvent(({ event }) => {
      this.markStale(event);
    });
  }

  /** The slot of a question; the first listener asks it. */
  slot(name: OperationName, inputText: string): Slot {
    const key = `${name} ${inputText}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot: Slot = { name, input: JSON.parse(inputText), listeners: new Set(), answer: waiting, asked: 0 };
    this.#slots.set(key, slot);
    return slot;
  }

  /** Forgets what an event outdated, and asks again for what is on screen. */
  markStale(event: EventName): void {
    this.renew(staleBy[event]);
  }

  /** Asks again for what is on screen of these; for what goes out of date without an event. */
  renew(names: readonly OperationName[]): void {
    for (const name of names) this.#stale.add(name);
    this.#timer ??= setTimeout(() => this.#refetch(), settleMs);
  }

  /** Asks ahead what the first screen will ask; a refusal (locked) is forgotten again by the event of unlocking. */
  warm(names: readonly OperationName[]): void {
    for (const name of names) void this.fetch(this.slot(name, '{}'));
  }

  /** Drops every answer that needs an open vault: nothing of it stays on the page once it is locked. */
  forget(): void {
    for (const [key, slot] of this.#slots) {
      if (slot.name === 'vault.status') continue;
      slot.answer = waiting;
      slot.asked += 1;
      this.#slots.delete(key);
    }
  }

  async fetch(slot: Slot): Promise<void> {
    slot.asked += 1;
    const turn = slot.asked;
    if (!slot.answer.busy) this.#put(slot, { ...slot.answer, busy: true });
    const result = (await this.client.call(slot.name, slot.input as Input<OperationName>)) as Result<unknown>;
    if (turn !== slot.asked) return;
    this.#put(slot, {
      value: result.ok ? result.value : slot.answer.value,
      error: result.ok ? undefined : result.error,
      busy: false,
    });
  }

  #refetch(): void {
    this.#timer = undefined;
    for (const [key, slot] of this.#slots) {
      // A refusal (locked, say) may no longer hold after any change.
      if (!this.#stale.has(slot.name) && slot.answer.error === undefined) continue;
      if (slot.listeners.size === 0) this.#slots.delete(key);
      else void this.fetch(slot);
    }
    this.#stale.clear();
  }

  #put(slot: Slot, answer: Answer<unknown>): void {
    slot.answer = answer;
    for (const listener of slot.listeners) listener();
  }
}

export const AnswersContext = createContext<Answers | null>(null);

export function useAnswers(): Answers {
  const answers = useContext(AnswersContext);
  if (answers === null) throw new Error('AnswersContext is missing');
  return answers;
}

/** Reads an operation and keeps it fresh. The last value stays while another input of it loads, so nothing jumps. */
export function useAsk<N extends OperationName>(name: N, input: Input<N> | null): Answer<Output<N>> {
  const answers = useAnswers();
  const text = input === null ? null : JSON.stringify(input);
  const subscribe = useCallback(
    (listener: () => void) => {
      if (text === null) return () => {};
      const slot = answers.slot(name, text);
      slot.listeners.add(listener);
      if (slot.asked === 0 || slot.answer.error !== undefined) void answers.fetch(slot);
      return () => {
        slot.listeners.delete(listener);
      };
    },
    [answers, name, text],
  );
  const read = () => (text === null ? waiting : answers.slot(name, text).answer);
  const answer = useSyncExternalStore(subscribe, read) as Answer<Output<N>>;
  const last = useRef<Output<N> | undefined>(undefined);
  useEffect(() => {
    if (answer.value !== undefined) last.current = answer.value;
  }, [answer.value]);
  return answer.value === undefined && answer.busy && text !== null ? { ...answer, value: last.current } : answer;
}

/** Does one thing: busy while it runs, the refusal kept for the form that asked. */
export interface Act<N extends OperationName> {
  readonly busy: boolean;
  readonly error: ErrorBody | undefined;
  /** The answer, or undefined after a refusal (then `error` says why). */
  run(input: Input<N>, presencePassphrase?: string): Promise<Output<N> | undefined>;
  clear(): void;
}

export function useAct<N extends OperationName>(name: N): Act<N> {
  const { client } = useAnswers();
  const [state, setState] = useState<{ busy: boolean; error: ErrorBody | undefined }>({
    busy: false,
    error: undefined,
  });
  const run = useCallback(
    async (input: Input<N>, presencePassphrase?: string) => {
      setState({ busy: true, error: undefined });
      const call: Call =
        presencePassphrase === undefined ? client.call : client.callWith({ passphrase: presencePassphrase });
      const result = await call(name, input);
      setState({ busy: false, error: result.ok ? undefined : result.error });
      return result.ok ? result.value : undefined;
    },
    [client, name],
  );
  const clear = useCallback(() => setState({ busy: false, error: undefined }), []);
  return { ...state, run, clear };
}
