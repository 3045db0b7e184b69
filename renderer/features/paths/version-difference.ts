// What differs between two versions of a path secret: in what is known without values, and in the values themselves.

import type { PathVersion } from '#contract/schemas/paths.ts';
import { fieldText } from '#contract/variable-name.ts';
import { bytesText, dateText, timeText } from '../../ui/words.ts';
import { people } from '../activity/outcome.ts';

export interface FactDifference {
  readonly name: string;
  readonly older: string;
  readonly newer: string;
}

/** Every fact of both versions as words; those that are equal are equal as texts. */
export function versionFacts(older: PathVersion, newer: PathVersion): FactDifference[] {
  const moment = (ms: number) => `${dateText(ms)}, ${timeText(ms)}`;
  const fact = (name: string, words: (version: PathVersion) => string): FactDifference => ({
    name,
    older: words(older),
    newer: words(newer),
  });
  return [
    fact('Type', ({ secretType }) => secretType),
    fact('Size', ({ bytes }) => bytesText(bytes)),
    fact('Written', ({ createdAtMs }) => moment(createdAtMs)),
    fact('By', ({ createdBy }) => people[createdBy] ?? createdBy),
    fact('Expires', ({ expiresAtMs }) => (expiresAtMs === null ? 'never' : moment(expiresAtMs))),
  ];
}

type Data = Readonly<Record<string, unknown>>;

export interface FieldDifference {
  readonly name: string;
  /** Null where the version has no such field. */
  readonly older: string | null;
  readonly newer: string | null;
}

/** The fields whose values differ, with both, and how many are the same in both. */
export function differingFields(older: Data, newer: Data): { differing: FieldDifference[]; same: number } {
  const names = [...new Set([...Object.keys(older), ...Object.keys(newer)])];
  const text = (data: Data, name: string) => (Object.hasOwn(data, name) ? fieldText(data[name]) : null);
  const differing = names
    .filter((name) => JSON.stringify(older[name]) !== JSON.stringify(newer[name]))
    .map((name) => ({ name, older: text(older, name), newer: text(newer, name) }));
  return { differing, same: names.length - differing.length };
}
