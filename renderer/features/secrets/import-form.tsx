// Drop a .env or paste its lines. Values stay in one ref until they are sent, then are let go; React's state holds names only.

import { useMemo, useRef, useState } from 'react';
import type { Output } from '#contract/call.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { CheckLines } from '../../ui/check-lines.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText } from '../../ui/words.ts';
import { type DotenvEntry, parseDotenv } from './dotenv.ts';
import { DotenvSource } from './dotenv-source.tsx';
import { knownNames } from './looks-like.ts';

interface Found {
  readonly name: string;
  readonly provider: string | null;
  readonly exists: boolean;
}

interface ImportFormProps {
  readonly onDone: () => void;
  readonly doneText: string;
  /** False where the screen around it has its own way on. */
  readonly mayCancel?: boolean;
  readonly onImported?: (names: readonly string[]) => void;
}

export function ImportForm({ onDone, doneText, onImported, mayCancel = true }: ImportFormProps) {
  const providers = useAsk('providers.list', {}).value?.providers;
  const secrets = useAsk('secrets.list', {}).value?.secrets;
  const names = useMemo(() => knownNames(providers ?? []), [providers]);
  const entries = useRef<DotenvEntry[]>([]);
  const [found, setFound] = useState<readonly Found[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [trouble, setTrouble] = useState<string | null>(null);
  const [report, setReport] = useState<Output<'secrets.import'> | null>(null);
  const run = useAct('secrets.import');

  const take = (text: string) => {
    entries.current = parseDotenv(text);
    const existing = new Set((secrets ?? []).filter((one) => one.scope === 'global').map((one) => one.name));
    const next = entries.current.map(({ name }) => ({
      name,
      provider: names.get(name)?.provider.name ?? null,
      exists: existing.has(name),
    }));
    setFound(next);
    // A file may be older than the vault: what is there is replaced only where that is asked for.
    setChosen(new Set(next.filter((one) => one.provider !== null && !one.exists).map((one) => one.name)));
    setTrouble(next.length === 0 && text.trim() !== '' ? 'No KEY=value line in it.' : null);
  };
  const store = async () => {
    const wanted = entries.current.filter(({ name }) => chosen.has(name));
    const done = await run.run({ entries: wanted });
    if (done === undefined) return;
    entries.current = [];
    setFound([]);
    setReport(done);
    onImported?.([...done.created, ...done.rotated]);
  };

  if (report !== null) return <Report report={report} onDone={onDone} doneText={doneText} />;
  return (
    <div className="stack">
      {found.length > 0 ? (
        <Choose found={found} chosen={chosen} onChange={setChosen} />
      ) : (
        <DotenvSource
          note="KEY=value, one a line. The file itself is only read, never kept; delete it afterwards."
          trouble={trouble}
          onText={take}
          onTrouble={setTrouble}
        />
      )}
      <Problem error={run.error} />
      <DialogActions>
        {found.length > 0 || mayCancel ? (
          <Button
            tone="quiet"
            onClick={() => {
              if (found.length === 0) return onDone();
              entries.current = [];
              setFound([]);
            }}
          >
            {found.length === 0 ? 'Cancel' : 'Back'}
          </Button>
        ) : null}
        <Button
          tone="main"
          busy={run.busy}
          disabled={chosen.size === 0 || found.length === 0}
          onClick={() => void store()}
        >
          Import {chosen.size === 0 || found.length === 0 ? '' : countText(chosen.size, 'key')}
        </Button>
      </DialogActions>
    </div>
  );
}

interface ChooseProps {
  readonly found: readonly Found[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

function Choose({ found, chosen, onChange }: ChooseProps) {
  const byName = new Map(found.map((one) => [one.name, one]));
  return (
    <>
      <p>
        Found {countText(found.length, 'name')}. New ones of a known provider are chosen; the others are probably
        settings, not keys.
        {found.some(({ exists }) => exists) ? ' One that rotates takes the place of the value you have.' : ''}
      </p>
      <CheckLines
        names={[...byName.keys()]}
        chosen={chosen}
        onChange={onChange}
        line={(name) => (
          <>
            <span className="mono grow cut">{name}</span>
            <span className="muted">{byName.get(name)?.provider ?? 'no provider'}</span>
            {byName.get(name)?.exists ? <Pill tone="warn">rotates</Pill> : null}
          </>
        )}
      />
    </>
  );
}

function Report({
  report,
  onDone,
  doneText,
}: {
  readonly report: Output<'secrets.import'>;
  readonly onDone: () => void;
  readonly doneText: string;
}) {
  return (
    <div className="stack">
      <p>
        {countText(report.created.length, 'key')} added, {report.rotated.length} rotated, {report.skipped.length}{' '}
        skipped.
      </p>
      {report.skipped.length === 0 ? null : (
        <ul className="lines scroll">
          {report.skipped.map(({ name, reason }) => (
            <li key={name}>
              <span className="mono wrap">{name}</span> <span className="muted">{reason}</span>
            </li>
          ))}
        </ul>
      )}
      <ul className="lines scroll">
        {report.notices.map(({ text }) => (
          <li key={text} className="muted wrap">
            {text}
          </li>
        ))}
      </ul>
      <DialogActions>
        <Button tone="main" onClick={onDone}>
          {doneText}
        </Button>
      </DialogActions>
    </div>
  );
}
