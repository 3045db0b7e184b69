import assert from 'node:assert/strict';
import { test } from 'node:test';
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
