// "Looks like an OpenAI key": a friendly check while pasting. It never refuses, and never keeps what it saw.

import type { ProviderForm } from '#contract/schemas/registry.ts';
import type { SecretVerdict } from '../../ui/secret-field.tsx';

export interface KnownName {
  readonly provider: ProviderForm;
  readonly label: string;
  readonly looksLike: RegExp | null;
}

/** Every secret name the registry claims, with its provider. */
export function knownNames(providers: readonly ProviderForm[]): ReadonlyMap<string, KnownName> {
  const names = new Map<string, KnownName>();
  for (const provider of providers) {
    const secrets = [...provider.secrets, ...provider.alternatives.flatMap((alternative) => alternative.secrets)];
    for (const { name, label, looksLike } of secrets) {
      if (!names.has(name)) names.set(name, { provider, label, looksLike: patternOf(looksLike) });
    }
  }
  return names;
}

function patternOf(source: string | null): RegExp | null {
  if (source === null) return null;
  try {
    return new RegExp(source, 'u');
  } catch {
    return null;
  }
}

/** What to say under the field about a value pasted for this name. */
export function judge(known: KnownName | undefined, value: string): SecretVerdict {
  if (value !== value.trim())
    return { text: 'It begins or ends with a space or a line break. It will be stored exactly so.', tone: 'warn' };
  if (known === undefined || known.looksLike === null) return { text: countWords(value), tone: 'plain' };
  if (known.looksLike.test(value)) return { text: `Looks like ${article(known.provider.name)} key.`, tone: 'good' };
  return { text: `Does not look like ${article(known.provider.name)} key. You can store it anyway.`, tone: 'warn' };
}

function article(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

function countWords(value: string): string {
  if (value.length < 8) return 'Very short: it can only be hidden in answers where it stands alone.';
  return `${value.length} characters.`;
}
