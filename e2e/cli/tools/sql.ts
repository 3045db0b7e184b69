import { DatabaseSync } from 'node:sqlite';

// `sql audit.db 'UPDATE …'`: somebody with a hand on the disk changes a file of the vault, behind the host's back.

const [file, ...statements] = process.argv.slice(2);
const database = new DatabaseSync(`${process.env.AIVAULT_DIR}/${file}`);
for (const statement of statements) {
  const prepared = database.prepare(statement);
  for (const row of prepared.all()) process.stdout.write(`${Object.values(row).join(' ')}\n`);
}
database.close();
