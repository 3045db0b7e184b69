import { Worker } from 'node:worker_threads';
import { StoreError } from './store-error.ts';
import type { Page, Question, Reply } from './store-protocol.ts';

/** The file a worker starts from: TypeScript from source, its own bundle beside ours when built. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './store-worker.ts' : './store-worker.mjs',
  import.meta.url,
);

interface Waiting {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
  readonly onPage: ((page: unknown) => void) | undefined;
}

export interface AskOptions {
  /** Gets the parts of a long answer, before the promise resolves. */
  readonly onPage?: (page: unknown) => void;
  /** Buffers among the arguments that move to the thread. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Our side of the store's thread. It keeps the process alive only while an answer is owed. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #dead = false;

  constructor() {
    this.#worker = new Worker(workerFile, { execArgv: [], env: {}, name: 'aivault store' });
    this.#worker.unref();
    this.#worker.on('message', (said: readonly Reply[] | Page) => {
      if ('page' in said) this.#waiting.get(said.number)?.onPage?.(said.page);
      else this.#settle(said);
    });
    this.#worker.on('error', () => this.#die());
    this.#worker.on('exit', () => this.#die());
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Answers with the number that later questions name the store by. */
  async open(kind: string, file: string): Promise<number> {
    const number = this.#last + 1;
    await this.ask(0, 'openStore', [kind, file]);
    return number;
  }

  ask(store: number, op: string, args: readonly unknown[], { onPage, transfer }: AskOptions = {}): Promise<unknown> {
    if (this.#dead) return Promise.reject(new StoreError('closed', 'The store has stopped.'));
    const question: Question = { number: ++this.#last, store, op, args };
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(question.number, { resolve, reject, onPage });
      this.#worker.postMessage(question, transfer);
    });
  }

  async stop(): Promise<void> {
    this.#dead = true;
    await this.#worker.terminate();
  }

  #settle(replies: readonly Reply[]): void {
    for (const reply of replies) {
      const waiting = this.#waiting.get(reply.number);
      this.#waiting.delete(reply.number);
      if (reply.ok) waiting?.resolve(reply.value);
      else waiting?.reject(new StoreError(reply.fault, reply.message));
    }
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #die(): void {
    this.#dead = true;
    const owed = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of owed) reject(new StoreError('closed', 'The store has stopped.'));
  }
}
