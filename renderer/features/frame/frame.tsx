import type { ReactNode } from 'react';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { type Room, useView } from '../../view-state.ts';
import { AccessRoom } from '../access/access-room.tsx';
import { ActivityRoom } from '../activity/activity-room.tsx';
import { CapabilitiesRoom } from '../capabilities/capabilities-room.tsx';
import { Palette } from '../palette/palette.tsx';
import { PathsRoom } from '../paths/paths-room.tsx';
import { SecretsRoom } from '../secrets/secrets-room.tsx';
import { SettingsRoom } from '../settings/settings-room.tsx';
import { useKeyboard } from './keyboard.ts';
import { Rail } from './rail.tsx';
import { Sheets } from './sheets.tsx';

const roomViews: Readonly<Record<Room, () => ReactNode>> = {
  secrets: SecretsRoom,
  capabilities: CapabilitiesRoom,
  activity: ActivityRoom,
  access: AccessRoom,
  paths: PathsRoom,
  settings: SettingsRoom,
};

/** The open vault: rail, one room, and whatever lies on top of it. */
export function Frame({ status }: { readonly status: VaultStatus }) {
  const room = useView((view) => view.room);
  const palette = useView((view) => view.palette);
  const RoomView = roomViews[room];
  useKeyboard();
  return (
    <div className="frame">
      <Rail status={status} />
      <main className="room" key={room}>
        {status.damaged.length > 0 ? <Damaged status={status} /> : null}
        <RoomView />
      </main>
      <Sheets />
      {palette ? <Palette /> : null}
    </div>
  );
}

/** Rows that do not open: named, never hidden. */
function Damaged({ status }: { readonly status: VaultStatus }) {
  const first = status.damaged[0];
  if (first === undefined) return null;
  const more = status.damaged.length - 1;
  return (
    <p className="banner bad" role="alert">
      The row <code>{`${first.table}/${first.id}`}</code> {more > 0 ? `and ${more} more do` : 'does'} not open:{' '}
      {first.reason} The rest of the vault works. Restore a backup, or delete what is damaged.
    </p>
  );
}
