import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSynchronised } from './permissions.ts';

test('F7: a folder that is copied to other machines is known by its name', () => {
  const copied = [
    '/Users/me/Library/Mobile Documents/vault',
    '/home/me/Dropbox/x',
    'C:\\Users\\me\\OneDrive - Firm\\vault',
    '/home/me/Nextcloud',
  ];
  for (const folder of copied) assert.ok(isSynchronised(folder), folder);
  for (const folder of ['/home/me/.aivault/data/vault', '/home/dropbox-user/vault'])
    assert.ok(!isSynchronised(folder), folder);
});
