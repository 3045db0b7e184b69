import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// Electron announces screen lock on macOS and Windows only. On Linux logind does, to whoever listens on the system bus.

const busName = 'org.freedesktop.login1';

/** Whether a line of `gdbus monitor` says that this session was locked or that another user took the screen. */
export function saysLocked(line: string, session: string): boolean {
  if (!line.startsWith(`${session}: `)) return false;
  return (
    line.includes('org.freedesktop.login1.Session.Lock ()') ||
    /'LockedHint': <true>/.test(line) ||
    /'Active': <false>/.test(line)
  );
}

/** `(objectpath '/org/freedesktop/login1/session/_32',)` → the path. */
export function sessionPathOf(answer: string): string | null {
  return /'(\/org\/freedesktop\/login1\/session\/[A-Za-z0-9_]+)'/.exec(answer)?.[1] ?? null;
}

/**
 * Calls `onLock` whenever the session is locked or switched away from, and `onDeaf` once it is known that it cannot be
 * heard: no gdbus (an AppImage brings none), no logind, or no session of ours.
 */
export function watchLogind(pid: number, onLock: () => void, onDeaf: () => void): () => void {
  let monitor: ChildProcess | null = null;
  let stopped = false;
  const method = `${busName}.Manager.GetSessionByPID`;
  const words = [
    'call',
    '--system',
    '--dest',
    busName,
    '--object-path',
    '/org/freedesktop/login1',
    '--method',
    method,
    String(pid),
  ];
  execFile('gdbus', words, { timeout: 5_000 }, (error, answer) => {
    const session = error === null ? sessionPathOf(answer) : null;
    if (stopped) return;
    if (session === null) return onDeaf();
    monitor = spawn('gdbus', ['monitor', '--system', '--dest', busName], { stdio: ['ignore', 'pipe', 'ignore'] });
    // An error that kept it from starting is followed by no exit.
    monitor.on('error', () => stopped || onDeaf()).on('exit', () => stopped || onDeaf());
    if (monitor.stdout === null) return;
    createInterface({ input: monitor.stdout }).on('line', (line) => {
      if (saysLocked(line, session)) onLock();
    });
  });
  return () => {
    stopped = true;
    monitor?.kill();
  };
}
