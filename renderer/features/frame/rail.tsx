import { Activity, Blocks, FolderKey, Lock, LockKeyhole, Settings, Ticket } from 'lucide-react';
import type { ReactNode } from 'react';
import type { VaultStatus } from '#contract/schemas/vault.ts';
import { useAct } from '../../query.ts';
import { Mark } from '../../ui/mark.tsx';
import { keysText } from '../../ui/words.ts';
import { type Room, useView } from '../../view-state.ts';
import { useLockTime } from './use-lock-time.ts';

const entries: readonly { room: Room; name: string; icon: ReactNode }[] = [
  { room: 'secrets', name: 'Secrets', icon: <LockKeyhole size={16} /> },
  { room: 'capabilities', name: 'Capabilities', icon: <Blocks size={16} /> },
  { room: 'activity', name: 'Activity', icon: <Activity size={16} /> },
  { room: 'access', name: 'Access', icon: <Ticket size={16} /> },
  { room: 'paths', name: 'Paths', icon: <FolderKey size={16} /> },
];

export function Rail({ status }: { readonly status: VaultStatus }) {
  const room = useView((view) => view.room);
  const go = useView((view) => view.go);
  const lock = useAct('vault.lock');
  const counts: Partial<Record<Room, number>> = {
    secrets: status.counts?.secrets ?? 0,
    access: status.counts?.tokens ?? 0,
  };
  const lockTime = useLockTime(status.locksAtMs);
  const attention = status.state === 'degraded';
  const paused = status.endpoint?.paused === true;
  return (
    <nav className="rail" aria-label="Rooms">
      <p className="brand">
        <Mark size={28} />
        <span>aivault</span>
        {status.development ? <span className="pill warn">dev</span> : null}
      </p>
      <ul>
        {entries.map((entry, index) => (
          <li key={entry.room}>
            <RailButton
              {...entry}
              chosen={room === entry.room}
              count={counts[entry.room]}
              keys={String(index + 1)}
              onPress={() => go(entry.room)}
            />
          </li>
        ))}
      </ul>
      <div className="rail-foot">
        <RailButton
          name="Settings"
          icon={<Settings size={16} />}
          chosen={room === 'settings'}
          keys=","
          onPress={() => go('settings')}
        />
        <button
          type="button"
          className="vault-state"
          onClick={() => void lock.run({})}
          title={`Lock now (${keysText('L')})`}
        >
          <span className={`dot ${attention || paused ? 'warn' : 'good'}`} />
          <span className="grow">
            <span className="strong">{attention ? 'Needs attention' : 'Unlocked'}</span>
            <span className="muted small">{paused ? 'endpoint paused' : lockTime}</span>
          </span>
          <Lock size={14} aria-hidden="true" />
          <span className="unseen">Lock now</span>
        </button>
      </div>
    </nav>
  );
}

interface RailButtonProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly chosen: boolean;
  readonly count?: number | undefined;
  readonly keys: string;
  readonly onPress: () => void;
}

function RailButton({ name, icon, chosen, count, keys, onPress }: RailButtonProps) {
  return (
    <button
      type="button"
      className="rail-button"
      aria-current={chosen ? 'page' : undefined}
      title={`${name} (${keys})`}
      onClick={onPress}
    >
      {icon}
      <span className="grow rail-name">{name}</span>
      {count === undefined || count === 0 ? null : <span className="rail-count">{count.toLocaleString('en-GB')}</span>}
    </button>
  );
}
