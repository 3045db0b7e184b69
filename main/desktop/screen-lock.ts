import type { DoctorCheck } from '#contract/schemas/host.ts';
import { watchLogind } from './logind.ts';

/** Whether locking the screen reaches this program, and what the doctor says where it does not. */
export interface ScreenLock {
  /** Calls `onLock` when the screen is locked, where Electron does not; returns how to stop. */
  watch(onLock: () => void): () => void;
  findings(): readonly DoctorCheck[];
}

const deafCheck: DoctorCheck = {
  id: 'screen-lock',
  state: 'attention',
  text: 'Locking the screen does not lock the vault on this machine: the session’s lock cannot be heard.',
  next: 'Install gdbus (it comes with GLib) and open aivault again, or have it lock after idle minutes.',
};

export function createScreenLock(platform: NodeJS.Platform, pid: number): ScreenLock {
  let deaf = false;
  const watch: ScreenLock['watch'] = (onLock) =>
    watchLogind(pid, onLock, () => {
      deaf = true;
    });
  return { watch: platform === 'linux' ? watch : () => () => undefined, findings: () => (deaf ? [deafCheck] : []) };
}
