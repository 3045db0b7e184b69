import type { TestEvent } from 'node:test/reporters';

// What `npm test` shows of one process of tests: every failure with its cause, every skip with its reason, and last a
// line for tools/test.ts to add up.

/** The line that carries a process's counts starts with this. */
export const countsMark = '\u0001counts ';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Where something failed; a path as node:test knows it. */
  failedFiles: string[];
}

interface Details {
  readonly type?: string;
  readonly error?: { readonly cause?: unknown; readonly message?: string };
}

function causeText(details: Details): string {
  const cause = details.error?.cause ?? details.error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

const indent = (text: string) => text.replaceAll(/^/gm, '    ');

// biome-ignore lint/style/noDefaultExport: node:test loads a reporter by its default export.
export default async function* reportTests(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, failedFiles: [] };
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') continue;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const details = data.details as Details;
    const where = `${data.file ?? ''}:${data.line ?? 0}`;
    if (event.type === 'test:fail') {
      // A suite fails because something in it did; only a failure of its own (a hook) counts.
      const own = details.type !== 'suite' || !causeText(details).includes('subtest');
      if (!own) continue;
      counts.failed += 1;
      if (!counts.failedFiles.includes(data.file ?? '')) counts.failedFiles.push(data.file ?? '');
      yield `  FAILED  ${data.name}\n    ${where}\n${indent(causeText(details))}\n`;
    } else if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped += 1;
      const reason =
        [data.skip, data.todo].find((text) => typeof text === 'string' && text !== '') ?? 'no reason given';
      yield `  skipped ${data.name}: ${reason}\n`;
    } else if (details.type !== 'suite') counts.passed += 1;
  }
  yield `${countsMark}${JSON.stringify(counts)}\n`;
}
