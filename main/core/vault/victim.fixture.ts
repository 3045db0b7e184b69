import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../crypto/random.ts';
import { openAuditStore, openRowStore } from '../store/database.ts';
import { notes } from './notes-table.fixture.ts';
import { createSecrets } from './secrets.ts';
import { createVault } from './vault.ts';

// A program for crash.slow.test.ts to kill. It says on stdout what was acknowledged, the moment it was, and nothing else.
// Arguments: the folder, and what to do until it is killed.

const [folder = '', work = ''] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const store = await openRowStore(join(folder, 'vault', 'vault.db'));
const now = (): number => 1_800_000_000_000;
const vault = await createVault({
  store,
  defaultKeyFile: join(folder, 'keys', 'kek.key'),
  stateFolder: join(folder, 'state'),
  environment: {},
  now,
  randomBytes: systemRandom,
});
createSecrets({ vault, now, randomBytes: systemRandom });
await vault.unlock({});
say('ready');

const works: Readonly<Record<string, () => Promise<void>>> = {
  change: async () => {
    for (let n = 0; ; n++) {
      const id = `${process.pid}-${n}`;
      await vault.change((tx) => tx.put(notes, id, { text: id }));
      say(id);
    }
  },
  rotate: async () => {
    for (let n = 0; ; n++) {
      await vault.rotateMaster({});
      say(`rotated ${n}`);
    }
  },
  audit: async () => {
    const audit = await openAuditStore(join(folder, 'vault', 'audit.db'));
    for (let n = 0; ; n++) {
      const id = `${process.pid}-${n}`;
      await audit.openCall(id, now(), id);
      say(`open ${id}`);
      if (n % 2 === 0) continue;
      await audit.closeCall(id, { tsMs: now(), kind: 'invoke', actor: 'a', outcome: 'allowed', note: id });
      say(`closed ${id} ${(await audit.head()).seq}`);
    }
  },
};
await works[work]!();
