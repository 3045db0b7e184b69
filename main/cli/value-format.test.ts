import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { readEnvFile } from './env-file.ts';
import { inFormat, safeVariableName } from './value-format.ts';

test('B2 a secret’s field cannot become a variable that steers a shell, a loader or an interpreter', () => {
  for (const field of [
    'LD_PRELOAD',
    'ld-preload',
    'path',
    'NODE_OPTIONS',
    'bash.env',
    'git-ssh-command',
    'PythonPath',
    'https_proxy',
    'AIVAULT_DIR',
  ]) {
    assert.throws(() => safeVariableName(field), { code: 'invalid_request' }, field);
    assert.throws(() => inFormat({ [field]: 'x' }, 'env'), { code: 'invalid_request' }, field);
    assert.throws(() => inFormat({ [field]: 'x' }, 'dotenv'), { code: 'invalid_request' }, field);
  }
});

test('every other field becomes a variable, and JSON takes any name', () => {
  assert.deepEqual(['client-id', '2fa', 'path_to_it', 'db.path', 'home_url', 'user'].map(safeVariableName), [
    'CLIENT_ID',
    '_2FA',
    'PATH_TO_IT',
    'DB_PATH',
    'HOME_URL',
    'USER',
  ]);
  assert.equal(inFormat({ path: 'x' }, 'json'), '{\n  "path": "x"\n}\n');
  assert.equal(inFormat({ key: "it's" }, 'env'), "export KEY='it'\\''s'\n");
});

test('a .env file gives a password back as it was, to Node, to a shell and to us', () => {
  const data = {
    PLAIN: 'abc',
    DOLLAR: 'pa$$w0rd$HOME',
    QUOTE: 'say "hi"',
    BACKSLASH: 'a\\b\\nc',
    BACKTICK: 'a`b',
    HASH: ' # no comment ',
    APOSTROPHE: "it's",
    LINES: 'one\ntwo $three\n',
  };
  const written = inFormat(data, 'dotenv');
  assert.deepEqual({ ...parseEnv(written) }, data);
  assert.deepEqual(Object.fromEntries(readEnvFile(written).map((entry) => [entry.name, entry.value])), data);
  const names = Object.keys(data) as (keyof typeof data)[];
  const printed = names.map((name) => `printf '%s\\0' "$${name}"`).join('\n');
  assert.deepEqual(
    execFileSync('sh', { input: `${written}\n${printed}`, encoding: 'utf8', env: {} })
      .split('\0')
      .slice(0, -1),
    names.map((name) => data[name]),
  );
});

test('B2 a shell that sources a .env file runs nothing out of a value', () => {
  for (const value of [
    '`echo run`',
    '$(echo run)',
    "'`echo run`'",
    "it's $(echo run)",
    '"; echo run; "',
    '\\`echo run`',
  ]) {
    const written = inFormat({ key: value }, 'dotenv');
    const seen = execFileSync('sh', { input: `${written}printf '<%s>' "$KEY"`, encoding: 'utf8' });
    assert.equal(seen, `<${value}>`, written);
    assert.equal(readEnvFile(written)[0]?.value, value, written);
  }
});
