import { Blocks, ChevronRight, LockKeyhole, Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useMemo, useRef, useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Keys } from '../../ui/keys.tsx';
import { onlyPress, useModal } from '../../ui/use-modal.ts';
import { scopeWords } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { type Command, commandsFor } from './commands.ts';
import { best } from './find.ts';

interface Entry {
  readonly id: string;
  readonly group: 'Commands' | 'Secrets' | 'Capabilities';
  readonly icon: ReactNode;
  readonly text: string;
  readonly note: string;
  readonly mono: boolean;
  readonly keys?: string | undefined;
  readonly act: () => void;
}

const perGroup = 6;

/** Everything by name: commands, secrets, capabilities. */
export function Palette() {
  const view = useView();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(query.trim());
  const secrets = useAsk('secrets.list', {}).value?.secrets;
  const capabilities = useAsk('capabilities.list', {}).value?.capabilities;
  const paused = useAsk('vault.status', {}).value?.endpoint?.paused === true;
  const lock = useAct('vault.lock');
  const pause = useAct('endpoint.setPaused');
  const dialog = useRef<HTMLDialogElement>(null);
  const base = useId();

  const entries = useMemo((): Entry[] => {
    const run = ({ does }: Command) => {
      if ('go' in does) view.go(does.go);
      else if ('open' in does) view.open(does.open);
      else if ('lock' in does) void lock.run({});
      else void pause.run({ paused: does.pause }).then(() => view.setPalette(false));
    };
    const commands = best(commandsFor(paused), (one) => one.text, wanted, wanted === '' ? 9 : perGroup);
    const foundSecrets =
      wanted === '' ? [] : best(secrets ?? [], (one) => `${one.name} ${one.aliases.join(' ')}`, wanted, perGroup);
    const foundCapabilities = wanted === '' ? [] : best(capabilities ?? [], (one) => one.id, wanted, perGroup);
    return [
      ...commands.map(
        (one): Entry => ({
          id: one.text,
          group: 'Commands',
          icon: <ChevronRight size={14} />,
          text: one.text,
          note: '',
          mono: false,
          keys: one.keys,
          act: () => run(one),
        }),
      ),
      ...foundSecrets.map(
        (one): Entry => ({
          id: one.secretId,
          group: 'Secrets',
          icon: <LockKeyhole size={14} />,
          text: one.name,
          note: scopeWords(one.scope),
          mono: true,
          act: () => view.go('secrets', one.secretId),
        }),
      ),
      ...foundCapabilities.map(
        (one): Entry => ({
          id: one.id,
          group: 'Capabilities',
          icon: <Blocks size={14} />,
          text: one.id,
          note: one.ready ? 'ready' : 'available',
          mono: true,
          act: () => view.go('capabilities', one.id),
        }),
      ),
    ];
  }, [wanted, secrets, capabilities, paused, view, lock, pause]);

  useModal(dialog);

  const chosen = Math.min(at, entries.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(entries.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') entries[chosen]?.act();
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label="Search or run a command"
      onCancel={(event) => {
        event.preventDefault();
        view.setPalette(false);
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current && onlyPress(event)) view.setPalette(false);
      }}
    >
      <div className="palette-input">
        <Search size={16} aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${base}-list`}
          aria-activedescendant={chosen < 0 ? undefined : `${base}-${chosen}`}
          aria-label="Search or run a command"
          placeholder="Search or run a command"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={`${base}-list`} className="palette-list" role="listbox" aria-label="Found">
        {entries.map((entry, index) => (
          <div key={`${entry.group} ${entry.id}`} role="presentation">
            {entry.group === entries[index - 1]?.group ? null : (
              <p className="palette-group muted small" aria-hidden="true">
                {entry.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, which names the active option */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys */}
            <div
              id={`${base}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className="palette-entry"
              ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              onMouseMove={() => index !== chosen && setAt(index)}
              onClick={entry.act}
            >
              <span className="muted" aria-hidden="true">
                {entry.icon}
              </span>
              <span className={`grow cut ${entry.mono ? 'mono' : ''}`}>{entry.text}</span>
              <span className="muted small">{entry.note}</span>
              {entry.keys === undefined ? null : <Keys>{entry.keys}</Keys>}
            </div>
          </div>
        ))}
      </div>
      {entries.length === 0 ? <p className="none muted">Nothing by that name.</p> : null}
    </dialog>
  );
}
