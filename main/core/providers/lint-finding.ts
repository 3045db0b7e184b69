import type { Auth } from '#contract/schemas/auth.ts';
import type { ProviderCapability, ProviderSecret } from './schema.ts';

/** One thing that is wrong, in a sentence a contributor can act on. */
export interface Finding {
  readonly provider: string;
  readonly capability: string | null;
  readonly rule: LintRule;
  readonly text: string;
}

export type LintRule =
  | 'overlap'
  | 'danger'
  | 'effect'
  | 'host'
  | 'example'
  | 'unreachable'
  | 'exclusion'
  | 'secret'
  | 'template'
  | 'header'
  | 'id';

/** Capabilities that are served on the same terms: the provider's own, or one alternative's. */
export interface Group {
  readonly provider: string;
  readonly auth: Auth;
  readonly secrets: readonly ProviderSecret[];
  readonly hosts: readonly string[];
  readonly capabilities: readonly ProviderCapability[];
}
