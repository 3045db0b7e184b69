// A .env file into one path: each line a field. Values stay in one ref until they are sent; React's state holds names only.

import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { CheckLines } from '../../ui/check-lines.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { type DotenvEntry, parseDotenv } from '../secrets/dotenv.ts';
import { DotenvSource } from '../secrets/dotenv-source.tsx';

interface ImportPathProps {
  /** Given: a new version of this path. */
  readonly path: string | undefined;
}

export function ImportPath({ path: given }: ImportPathProps) {
  const [path, setPath] = useState(given ?? '');
  const [names, setNames] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [trouble, setTrouble] = useState<string | null>(null);
  const entries = useRef<DotenvEntry[]>([]);
  const write = useAct('paths.write');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const say = useView((view) => view.say);
  const wanted = useDeferredValue(path.trim());
  // The list, not paths.describe: asking about a path that is not there yet would stand in the log as a failure.
  const first = useAsk('paths.list', wanted === '' ? null : { prefix: wanted, limit: 1 }).value?.secrets[0];
  const existing = first?.path === path.trim() ? first : undefined;

  useEffect(
    () => () => {
      entries.current = [];
    },
    [],
  );
  const close = () => open(null);
  const take = (text: string) => {
    entries.current = parseDotenv(text);
    const found = entries.current.map(({ name }) => name);
    setNames(found);
    setChosen(new Set(found));
    setTrouble(found.length === 0 && text.trim() !== '' ? 'No KEY=value line in it.' : null);
  };
  const empty = () => {
    entries.current = [];
    setNames([]);
  };
  const store = async () => {
    const data = Object.fromEntries(
      entries.current.filter(({ name }) => chosen.has(name)).map(({ name, value }) => [name, value]),
    );
    const done = await write.run({ path: path.trim(), data, ifVersion: existing?.version ?? 0 });
    if (done === undefined) return;
    empty();
    close();
    go('paths', done.path);
    say(`${countText(chosen.size, 'field')} imported into ${done.path}, version ${done.version}. Delete the file now.`);
  };

  return (
    <Dialog wide title="Import a .env file into a path" onClose={close}>
      <DialogForm
        submit={
          names.length === 0 || chosen.size === 0
            ? 'Import'
            : existing === undefined
              ? `Import ${countText(chosen.size, 'field')}`
              : `Write version ${existing.version + 1}`
        }
        ready={path.trim() !== '' && names.length > 0 && chosen.size > 0}
        busy={write.busy}
        error={write.error}
        onSubmit={() => void store()}
        onClose={close}
      >
        <TextField
          label="Path"
          mono
          placeholder="environments/dev/database"
          value={path}
          maxLength={512}
          readOnly={given !== undefined}
          noteTone={existing === undefined ? 'plain' : 'warn'}
          note={
            existing === undefined
              ? 'All fields go into this one path. Lower case, at most 10 levels.'
              : `Exists, version ${existing.version}. Version ${existing.version + 1} will hold these fields and no others.`
          }
          onChange={(event) => setPath(event.target.value)}
        />
        <div className="import-space">
          {names.length === 0 ? (
            <div className="stack">
              <DotenvSource
                note="KEY=value, one a line. The file itself is only read, never kept."
                trouble={trouble}
                onText={take}
                onTrouble={setTrouble}
              />
            </div>
          ) : (
            <Names names={names} chosen={chosen} onChange={setChosen} onBack={empty} />
          )}
        </div>
      </DialogForm>
    </Dialog>
  );
}

interface NamesProps {
  readonly names: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly onBack: () => void;
}

/** Names only: what a value is, nobody looking over a shoulder needs to see. */
function Names({ names, chosen, onChange, onBack }: NamesProps) {
  return (
    <div className="stack">
      <div className="row">
        <p className="grow">Found {countText(names.length, 'field')}. Each becomes a field of the path.</p>
        <button type="button" className="clear-filter" onClick={onBack}>
          Another file
        </button>
      </div>
      <CheckLines
        names={names}
        chosen={chosen}
        onChange={onChange}
        line={(name) => <span className="mono wrap">{name}</span>}
      />
    </div>
  );
}
