import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saysLocked, sessionPathOf } from './logind.ts';

const session = '/org/freedesktop/login1/session/_32';

test("logind's lock signal, locked hint and a switch to another user lock; nothing else does", () => {
  const lines: readonly [string, boolean][] = [
    [`${session}: org.freedesktop.login1.Session.Lock ()`, true],
    [
      `${session}: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', {'LockedHint': <true>}, @as [])`,
      true,
    ],
    [
      `${session}: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', {'Active': <false>}, @as [])`,
      true,
    ],
    [`${session}: org.freedesktop.login1.Session.Unlock ()`, false],
    [
      `${session}: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', {'LockedHint': <false>}, @as [])`,
      false,
    ],
    [
      `${session}: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', {'IdleHint': <true>}, @as [])`,
      false,
    ],
    ['/org/freedesktop/login1/session/_33: org.freedesktop.login1.Session.Lock ()', false],
    ['/org/freedesktop/login1/session/_321: org.freedesktop.login1.Session.Lock ()', false],
    ['', false],
  ];
  for (const [line, locks] of lines) assert.equal(saysLocked(line, session), locks, line);
});

test('the session is read from the answer of logind, and only from one', () => {
  assert.equal(sessionPathOf(`(objectpath '${session}',)\n`), session);
  assert.equal(sessionPathOf("(objectpath '/org/freedesktop/login1/user/_1000',)"), null);
  assert.equal(sessionPathOf('Error: GDBus.Error'), null);
});
