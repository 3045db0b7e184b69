import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Actor, Input, Output, Presence } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import { type Core, createCore } from './core.ts';
import type { CoreDeps } from './core-deps.ts';
import { systemRandom } from './crypto/random.ts';

// A whole core over real stores in a folder of its own, asked through dispatch as a transport would.

const cli: Actor = { kind: 'operator', via: 'cli' };

export interface TestCore {
  readonly core: Core;
  readonly folder: string;
  /** The clock the core sees. */
  readonly clock: { ms: number };
  /** Asks and returns the value; a refusal is thrown as an AivaultError. */
  ask<N extends OperationName>(name: N, input: Input<N>, who?: Who): Promise<Output<N>>;
  /** Asks with whatever input and returns the Result. */
  raw(name: string, input: unknown, who?: Who): Promise<Result<unknown>>;
  /** The code a question is refused with; throws where it was answered. */
  refusal(name: string, input: unknown, who?: Who): Promise<AivaultError>;
  /** Closes the core and opens it again on the same folder. */
  reopen(changes?: Partial<CoreDeps>): Promise<void>;
  close(): Promise<void>;
}

export interface Who {
  readonly actor?: Actor;
  readonly presence?: Presence;
}

/** Opens a core. `choice` is what its vault is created with on first use. */
export async function openTestCore(
  options: { choice?: KeyProviderChoice | null } & Partial<CoreDeps> = {},
): Promise<TestCore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aivault-core-'));
  const clock = { ms: Date.UTC(2026, 0, 5, 12) };
  const { choice, ...changes } = options;
  const deps: CoreDeps = {
    paths: {
      vaultFolder: folder,
      database: path.join(folder, 'vault.db'),
      audit: path.join(folder, 'audit.db'),
      defaultKeyFile: path.join(folder, 'keys', 'kek.key'),
      stateFolder: path.join(folder, 'state'),
    },
    defaultChoice: choice === undefined ? { provider: 'file' } : choice,
    now: () => clock.ms++,
    randomBytes: systemRandom,
    environment: {},
    egress: null,
    developmentHooksSet: false,
    version: '0.0.0-test',
    hostFacts: () => ({ endpoint: null, socket: null, pid: process.pid, desktop: false }),
    stop: () => {},
    ...changes,
  };
  let core = await createCore(deps);
  const raw: TestCore['raw'] = (name, input, who = {}) =>
    core.dispatch(name, input, {
      actor: who.actor ?? cli,
      ...(who.presence === undefined ? {} : { presence: who.presence }),
    });
  return {
    get core() {
      return core;
    },
    folder,
    clock,
    raw,
    async ask(name, input, who) {
      const result = await raw(name, input, who);
      if (!result.ok) throw new AivaultError(result.error.error, result.error.message, result.error);
      return result.value as never;
    },
    async refusal(name, input, who) {
      const result = await raw(name, input, who);
      if (result.ok) throw new Error(`${name} was answered`);
      return new AivaultError(result.error.error, result.error.message, result.error);
    },
    async reopen(more = {}) {
      await core.close();
      core = await createCore({ ...deps, ...more });
    },
    async close() {
      await core.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
