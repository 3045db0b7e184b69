import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lintRegistry } from '../main/core/providers/lint.ts';
import { readRegistry, registryJsonSchema } from '../main/core/providers/read-registry.ts';
import type { Provider } from '../main/core/providers/schema.ts';

// `npm run registry`: validates and lints every provider file, refreshes registry/schema.json, prints a table.
// `npm run registry -- <folder>` does so for the files of another folder.

const own = new URL('../registry/', import.meta.url);
const folder = process.argv[2] === undefined ? own : pathToFileURL(`${resolve(process.argv[2])}/`);

function row(provider: Provider): string[] {
  const all = [...provider.capabilities, ...provider.alternatives.flatMap((alternative) => alternative.capabilities)];
  const count = (effect: string) => String(all.filter((capability) => capability.effect === effect).length);
  const auth = [provider.auth.kind, ...provider.alternatives.map((alternative) => `+${alternative.id}`)].join(' ');
  const { provider: name, category, source } = provider;
  return [name, category, auth, String(all.length), count('read'), count('write'), count('destructive'), source.kind];
}

function print(rows: readonly string[][]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  for (const cells of rows)
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}

function refreshSchema(file: URL): void {
  const schema = registryJsonSchema();
  if (existsSync(file) && readFileSync(file, 'utf8') === schema) return;
  writeFileSync(file, schema);
  console.log('registry/schema.json was out of date and has been written anew');
}

function main(): void {
  const providers = readRegistry(folder).map((entry) => entry.provider);
  if (folder === own) refreshSchema(new URL('schema.json', own));
  const rows = providers.map(row);
  print([['provider', 'category', 'auth', 'capabilities', 'read', 'write', 'destructive', 'source'], ...rows]);
  const findings = lintRegistry(providers);
  for (const { provider, capability, rule, text } of findings)
    console.error(`${capability ?? provider}: ${rule}: ${text}`);
  const total = rows.reduce((sum, cells) => sum + Number(cells[3]), 0);
  console.log(`${providers.length} providers, ${total} capabilities, ${findings.length} findings`);
  if (findings.length > 0) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
