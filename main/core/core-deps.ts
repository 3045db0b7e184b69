import type { Environment } from '#contract/environment.ts';
import type { KeyProviderChoice } from '#contract/schemas/vault.ts';
import type { OpenRedirect } from './broker/oauth/connect.ts';
import type { EgressSettings } from './broker/ports.ts';
import type { CorePaths } from './core-paths.ts';
import type { HostFacts } from './operations/vault.ts';
import type { Registry } from './providers/catalog.ts';

/** What a host hands its core: places, a clock, randomness, and what only the host can do. */
export interface CoreDeps {
  readonly paths: CorePaths;
  /** For the vault that the CLI's first question creates; null: it must be created by name. */
  readonly defaultChoice: KeyProviderChoice | null;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** For the env key provider only. */
  readonly environment: Environment;
  readonly egress: EgressSettings | null;
  readonly developmentHooksSet: boolean;
  /** What the host found open to others and has closed, in sentences. */
  readonly putRight?: readonly string[];
  readonly version: string;
  /** Asked at call time. */
  readonly hostFacts: () => HostFacts;
  /** Returns at once; the host then closes the core. */
  readonly stop: (graceMs: number) => void;
  readonly paused?: () => boolean;
  readonly setPaused?: (paused: boolean) => void;
  readonly openConsole?: () => Promise<{ readonly baseUrl: string; readonly redirectFile: string }>;
  /** Where a browser comes back to after an OAuth consent; without it no account can be connected. */
  readonly openRedirect?: OpenRedirect;
  /** The build's own unless a test gives another. */
  readonly registry?: Registry;
  /** Takes what must not leave the process. */
  readonly log?: (line: string) => void;
}
