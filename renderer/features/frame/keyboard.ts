// Shortcuts of the whole window. Single letters work only where nobody is typing.

import { useEffect } from 'react';
import { useAct } from '../../query.ts';
import { keysText } from '../../ui/words.ts';
import { type Room, useView } from '../../view-state.ts';

export const shortcuts: readonly { readonly keys: string; readonly text: string }[] = [
  { keys: keysText('K'), text: 'Search or run a command' },
  { keys: '1 – 5', text: 'Go to a room' },
  { keys: ',', text: 'Settings' },
  { keys: '/', text: 'Filter the list' },
  { keys: '↑ ↓', text: 'Move in a list' },
  { keys: '← →', text: 'Close or open a branch of a tree' },
  { keys: '⏎', text: 'Open what is selected' },
  { keys: 'N', text: 'New: a secret, a capability, a token, a path secret' },
  { keys: 'R', text: 'Rotate the selected secret' },
  { keys: keysText('L'), text: 'Lock now' },
  { keys: 'A', text: 'Go to the request that waits for you' },
  { keys: 'Esc', text: 'Back' },
  { keys: '?', text: 'Show these shortcuts' },
];

const numbered: Readonly<Record<string, Room>> = {
  1: 'secrets',
  2: 'capabilities',
  3: 'activity',
  4: 'access',
  5: 'paths',
  ',': 'settings',
};
const newSheet: Partial<Record<Room, 'add-secret' | 'mint' | 'add-path' | 'add-capability'>> = {
  secrets: 'add-secret',
  capabilities: 'add-capability',
  access: 'mint',
  paths: 'add-path',
};

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role=menu]') !== null;
}

/** Sheets are dialogs too; a room may have opened one of its own. */
function openDialogs(): number {
  return document.querySelectorAll('dialog[open]').length;
}

export function useKeyboard(): void {
  const lock = useAct('vault.lock');
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const view = useView.getState();
      const chord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (chord && event.key.toLowerCase() === 'k') {
        // Over a dialog a command would take its place, with what was typed there.
        if (openDialogs() === (view.palette ? 1 : 0)) view.setPalette(!view.palette);
      } else if (chord && event.key.toLowerCase() === 'l') void lock.run({});
      else if (chord || event.altKey || view.palette || openDialogs() > 0 || typing(event.target)) return;
      else if (event.ctrlKey || event.metaKey) return;
      else if (!plainKey(event.key, view)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [lock.run]);
}

/** True where the key meant something. */
function plainKey(key: string, view: ReturnType<typeof useView.getState>): boolean {
  const room = numbered[key];
  const selected = view.selected[view.room];
  const sheet = newSheet[view.room];
  if (room !== undefined) view.go(room);
  else if (key === '/') document.querySelector<HTMLInputElement>('.pane-list input[type=search]')?.focus();
  else if (key === 'n' && sheet !== undefined) view.open({ kind: sheet });
  else if (key === 'r' && view.room === 'secrets' && selected !== undefined)
    view.open({ kind: 'rotate', about: selected });
  else if (key === 'a') document.querySelector<HTMLElement>('[data-deny]')?.focus();
  else if (key === '?') view.open({ kind: 'shortcuts' });
  else if (key === 'Escape' && view.detailOpen) view.back();
  else return false;
  return true;
}
