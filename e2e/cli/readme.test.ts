import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';

// The README is typed in, line by line, as a reader would: every ```console block is a script, and they share a vault
// (G44: what is documented is what happens).

const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block]) => block!);

/** A reader types the value at the prompt; here somebody has to. What eval leaves on stderr is read on the same screen. */
function typed(command: string): string {
  if (/^aivault secrets create --name (\S+) --scope global$/.test(command)) {
    return `at-terminal "Value of OPENAI_API_KEY: =$CANARY" -- env NO_COLOR=1 ${command}`;
  }
  return command.startsWith('eval ') ? `{ ${command}; } 2>&1` : command;
}

test(`what the README shows happens (${blocks.length} blocks)`, async () => {
  const script = parseScript(['@ upstream api.openai.com api.acme.example', '', ...blocks].join('\n'));
  const steps = script.steps.map((step) => ({
    ...step,
    command: `: \${ACME_KEY:=$CANARY} \${OTHER_KEY:=$CANARY}; ${typed(step.command)}`,
  }));
  await runScript({ ...script, steps });
});
