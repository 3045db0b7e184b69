import { existsSync } from 'node:fs';

// What the end-to-end tests need from the machine, by Debian package. A missing part skips its tests by name; with
// REQUIRE_ALL=1 it fails them instead.

const proofs = {
  curl: ['/usr/bin/curl'],
  openssl: ['/usr/bin/openssl'],
  'python3-httpx': ['/usr/lib/python3/dist-packages/httpx/__init__.py'],
  chromium: ['/usr/bin/chromium'],
  nginx: ['/usr/sbin/nginx'],
  mitmproxy: ['/usr/bin/mitmdump'],
  'gnome-keyring': ['/usr/bin/gnome-keyring-daemon'],
  'dbus-daemon': ['/usr/bin/dbus-run-session', '/usr/bin/dbus-daemon'],
  python3: ['/usr/bin/python3'],
  systemd: ['/usr/bin/systemd-analyze'],
  zsh: ['/usr/bin/zsh', '/bin/zsh'],
  fish: ['/usr/bin/fish'],
} as const satisfies Record<string, readonly string[]>;

export type Need = keyof typeof proofs;

/** False where the part is there, else the sentence `node:test` shows for the skip. Throws with REQUIRE_ALL=1. */
export function missing(...needs: readonly Need[]): string | false {
  const absent = needs.filter((need) => !proofs[need].some((file) => existsSync(file)));
  if (absent.length === 0) return false;
  const sentence = `needs ${absent.join(', ')} (apt-get install ${absent.join(' ')})`;
  if (process.env.REQUIRE_ALL === '1') throw new Error(`A part is missing: ${sentence}`);
  return sentence;
}

/** The Debian packages this machine lacks for the whole of the tests. */
export function absentParts(): readonly Need[] {
  return (Object.keys(proofs) as Need[]).filter((need) => !proofs[need].some((file) => existsSync(file)));
}
