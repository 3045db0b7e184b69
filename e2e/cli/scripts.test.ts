import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing, type Need } from '../needs.ts';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';

// Every *.txt beside this file is a test; AIVAULT_SCRIPTS=status,secrets picks some.

const folder = fileURLToPath(new URL('.', import.meta.url));
const chosen = process.env.AIVAULT_SCRIPTS?.split(',');
const built = existsSync(path.join(process.env.AIVAULT_PROGRAMS ?? path.join(folder, '../../dist/bin'), 'aivault'));
if (!built) throw new Error('The scripts run what ships: run `npm run build` first.');

// Each has a host and a folder of its own, and waits most of its time: a few at once do not see each other.
describe('scripts', { concurrency: 3 }, () => {
  for (const file of globSync('*.txt', { cwd: folder }).toSorted()) {
    const name = path.basename(file, '.txt');
    if (chosen !== undefined && !chosen.includes(name)) continue;
    const script = parseScript(readFileSync(path.join(folder, file), 'utf8'));
    const needs = (script.directives.get('needs') ?? '').split(/\s+/).filter((need) => need !== '') as Need[];
    test(`${name}: ${script.steps.length} commands do what is written`, { skip: missing(...needs) }, () =>
      runScript(script),
    );
  }
});
