import { app, powerMonitor } from 'electron';

// When the vault locks by itself: suspend, screen lock, user switch, and nobody at the keyboard for a while.

export interface LockingDeps {
  lock(): void;
  /** Minutes without a person before it locks; null for never. */
  idleMinutes(): number | null;
  /** Linux: logind, which Electron does not listen to. Returns how to stop watching. */
  watchSession(onLock: () => void): () => void;
}

const lookEveryMs = 15_000;

/** Starts watching; returns how to stop. */
export function lockByItself({ lock, idleMinutes, watchSession }: LockingDeps): () => void {
  powerMonitor.on('suspend', lock);
  powerMonitor.on('lock-screen', lock);
  powerMonitor.on('shutdown', lock);
  // Another user took the screen; macOS only, elsewhere lock-screen or logind say it.
  powerMonitor.on('user-did-resign-active', lock);
  app.on('before-quit', lock);
  const stopSession = watchSession(lock);
  const timer = setInterval(() => {
    const minutes = idleMinutes();
    if (minutes !== null && powerMonitor.getSystemIdleTime() >= minutes * 60) lock();
  }, lookEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    stopSession();
  };
}
