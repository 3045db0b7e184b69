import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createForm } from './multipart.ts';
import { openUpload, type Upload } from './upload-file.ts';

const inMemory = (name: string, content: string): Upload => ({
  name,
  size: Buffer.byteLength(content),
  async *bytes() {
    yield Buffer.from(content);
  },
  close: async () => {},
});

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a form reads back as what went in, and is as long as it said', async () => {
  const files = [
    { field: 'f', upload: inMemory('é "x".txt', 'one\r\n--two') },
    { field: 'e', upload: inMemory('empty.bin', '') },
  ];
  const form = createForm([{ name: 'naïve', value: 'välue\nline' }], files);
  const bytes = await whole(form.bytes);
  assert.equal(bytes.length, form.length);
  const read = await new Response(new Uint8Array(bytes), { headers: { 'content-type': form.contentType } }).formData();
  assert.equal(read.get('naïve'), 'välue\nline');
  const file = read.get('f') as File;
  assert.deepEqual([await file.text(), file.type], ['one\r\n--two', 'text/plain']);
  assert.equal((read.get('e') as File).size, 0);
});

test('a name cannot end its own line', async () => {
  const form = createForm([{ name: 'a"\r\nx-evil: 1', value: 'v' }], []);
  assert.doesNotMatch((await whole(form.bytes)).toString(), /^x-evil/m);
});

test('S26, S28: a file of the vault is refused whatever leads to it; other things than files too', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'aivault-upload-'));
  try {
    const vault = path.join(folder, 'vault');
    await mkdir(vault);
    await writeFile(path.join(vault, 'kek.key'), 'k');
    await writeFile(path.join(folder, 'note.txt'), 'hello');
    await writeFile(path.join(folder, 'vault-notes.txt'), 'not inside');
    await symlink(path.join(vault, 'kek.key'), path.join(folder, 'innocent.txt'));
    await symlink(vault, path.join(folder, 'way-in'));
    const refused = ['vault/kek.key', 'innocent.txt', 'way-in/kek.key', 'vault/../vault/kek.key'];
    for (const file of refused) {
      await assert.rejects(openUpload(path.join(folder, file), [vault]), { code: 'policy_violation' }, file);
    }
    const handleFolder = '/proc/self/fd';
    const handle = await open(path.join(vault, 'kek.key'));
    await assert.rejects(openUpload(`${handleFolder}/${handle.fd}`, [vault]), { code: 'policy_violation' });
    await handle.close();
    await assert.rejects(openUpload(vault, []), { code: 'invalid_request' });
    await assert.rejects(openUpload(path.join(folder, 'missing'), []), /does not exist/);
    await link(path.join(folder, 'note.txt'), path.join(folder, 'second-name.txt'));
    for (const file of ['note.txt', 'second-name.txt', 'vault-notes.txt']) {
      const upload = await openUpload(path.join(folder, file), [vault]);
      assert.equal((await whole(upload.bytes())).length, upload.size);
      await upload.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
