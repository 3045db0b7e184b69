// What the palette can do besides finding things. Each entry says its shortcut, so that it teaches itself away.

import { keysText } from '../../ui/words.ts';
import type { Room, Sheet } from '../../view-state.ts';

export interface Command {
  readonly text: string;
  readonly keys?: string;
  readonly does:
    | { readonly go: Room }
    | { readonly open: Sheet }
    | { readonly lock: true }
    | { readonly pause: boolean };
}

export function commandsFor(paused: boolean): readonly Command[] {
  return [
    { text: 'Add secret', keys: 'N', does: { open: { kind: 'add-secret' } } },
    { text: 'Import .env', does: { open: { kind: 'import' } } },
    { text: 'Connect an account', does: { open: { kind: 'connect' } } },
    { text: 'Mint token', does: { open: { kind: 'mint' } } },
    { text: 'New personal token', does: { open: { kind: 'add-personal' } } },
    { text: 'New path secret', does: { open: { kind: 'add-path' } } },
    { text: 'Import .env into a path', does: { open: { kind: 'import-path' } } },
    { text: 'New credential', does: { open: { kind: 'add-credential' } } },
    { text: 'New capability', does: { open: { kind: 'add-capability' } } },
    { text: 'Lock now', keys: keysText('L'), does: { lock: true } },
    { text: paused ? 'Resume endpoint' : 'Pause endpoint', does: { pause: !paused } },
    { text: 'Go to Secrets', keys: '1', does: { go: 'secrets' } },
    { text: 'Go to Capabilities', keys: '2', does: { go: 'capabilities' } },
    { text: 'Go to Activity', keys: '3', does: { go: 'activity' } },
    { text: 'Go to Access', keys: '4', does: { go: 'access' } },
    { text: 'Go to Paths', keys: '5', does: { go: 'paths' } },
    { text: 'Settings', keys: ',', does: { go: 'settings' } },
    { text: 'Back up', does: { open: { kind: 'backup' } } },
    { text: 'Restore a backup', does: { open: { kind: 'restore' } } },
    { text: 'Choose upstream proxy', does: { open: { kind: 'proxy' } } },
    { text: 'Choose how long entries are kept', does: { open: { kind: 'audit-keep' } } },
    { text: 'Rotate master key', does: { open: { kind: 'rotate-master' } } },
    { text: 'Shortcuts', keys: '?', does: { open: { kind: 'shortcuts' } } },
  ];
}
