import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { killWhileWriting } from './kill-while-writing.ts';

test('kill -9 while four writers write loses no acknowledged write', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aivault-durable-'));
  try {
    await killWhileWriting(folder, [200, 400]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
