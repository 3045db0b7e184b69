import { useCallback, useState } from 'react';
import type { Output } from '#contract/call.ts';
import type { Result } from '#contract/errors.ts';
import { useAnswers } from '../../query.ts';
import { useView } from '../../view-state.ts';

interface Export {
  readonly busy: boolean;
  readonly written: number;
  run(): Promise<void>;
}

/** Saves the whole chain as JSON lines, page by page, with the hashes that make it checkable elsewhere. */
export function useExport(): Export {
  const { client } = useAnswers();
  const say = useView((view) => view.say);
  const [written, setWritten] = useState<number | null>(null);
  const run = useCallback(async () => {
    const parts: string[] = [];
    let count = 0;
    let afterSeq: number | null = 0;
    setWritten(0);
    while (afterSeq !== null) {
      const page: Result<Output<'audit.export'>> = await client.call('audit.export', { afterSeq });
      if (!page.ok) {
        say(page.error.message, 'bad');
        setWritten(null);
        return;
      }
      for (const line of page.value.lines) parts.push(`${JSON.stringify(line)}\n`);
      count += page.value.lines.length;
      setWritten(count);
      afterSeq = page.value.nextAfterSeq;
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
    link.download = `aivault-audit-${new Date().toISOString().slice(0, 10)}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`${count.toLocaleString('en-GB')} entries exported.`);
    setWritten(null);
  }, [client, say]);
  return { busy: written !== null, written: written ?? 0, run };
}
