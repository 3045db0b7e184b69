import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing } from '../needs.ts';

// Completion in the shells themselves: each loads the script aivault prints, then is asked what TAB would offer.

const programs = process.env.AIVAULT_PROGRAMS ?? fileURLToPath(new URL('../../dist/bin', import.meta.url));
let folder = '';
let environment: NodeJS.ProcessEnv = {};

describe('completion in the shells', () => {
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aivault-shells-'));
    mkdirSync(path.join(folder, 'files'));
    writeFileSync(path.join(folder, 'files', 'my file.env'), '');
    // One word on PATH, as an installation has it, and nothing else of this checkout.
    mkdirSync(path.join(folder, 'bin'));
    symlinkSync(path.join(programs, 'aivault'), path.join(folder, 'bin', 'aivault'));
    symlinkSync(process.execPath, path.join(folder, 'bin', 'node'));
    environment = {
      PATH: `${folder}/bin:/usr/bin:/bin`,
      HOME: folder,
      AIVAULT_DIR: path.join(folder, 'vault'),
      LANG: 'C.UTF-8',
    };
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (shell: string, words: readonly string[]) =>
    execFileSync(shell, words, {
      env: environment,
      cwd: path.join(folder, 'files'),
      encoding: 'utf8',
      timeout: 20_000,
    });

  function inBash(line: string): readonly string[] {
    const script = `
    source <(aivault completion bash)
    COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}
    read -ra COMP_WORDS <<< "$1"
    [[ $1 == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _aivault
    printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['-c', script, 'bash', line]).trim().split('\n');
  }

  function inFish(line: string): readonly string[] {
    const script = `aivault completion fish | source; complete --do-complete "$argv[1]"`;
    return run('fish', ['-N', '-c', script, line])
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0]!);
  }

  /** zsh completes only at a terminal: one is made for it with zpty, and what it lists is read from there. */
  function inZsh(line: string): string {
    const file = path.join(folder, 'drive.zsh');
    writeFileSync(
      file,
      `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "PS1=READY; unsetopt zle_bracketed_paste 2>/dev/null; autoload -U compinit && compinit -u -D; LISTMAX=9999; source <(aivault completion zsh); echo LOADED-$((1+1))"
zpty -r -m shell seen '*LOADED-2*'
zpty -w -n shell "$1"$'\\t\\t'
sleep 2
zpty -r -t shell answer '*'
all=$answer
while zpty -r -t shell answer; do all+=$answer; done
zpty -d shell
print -r -- "$all"
`,
    );
    chmodSync(file, 0o700);
    return run('zsh', ['-f', file, line]);
  }

  const words = [
    ['aivault secr', 'secrets'],
    ['aivault secrets cr', 'create'],
    ['aivault secrets create --val', '--value-stdin'],
    ['aivault secrets list --scope w', 'workspace'],
    ['aivault capability policy s', 'show'],
  ] as const;

  test('bash completes nouns, commands, options, choices and files', { skip: missing() }, () => {
    for (const [line, expected] of words) assert.ok(inBash(line).includes(expected), `${line} → ${inBash(line)}`);
    assert.deepEqual(inBash('aivault secrets import --file my'), ['my file.env']);
  });

  test('fish completes the same, with what each means', { skip: missing('fish') }, () => {
    for (const [line, expected] of words) assert.ok(inFish(line).includes(expected), `${line} → ${inFish(line)}`);
    assert.ok(inFish('aivault secrets import --file my').some((row) => row.includes('my file.env')));
  });

  test('zsh completes the same', { skip: missing('zsh') }, () => {
    assert.match(inZsh('aivault secrets '), /attach-group/);
    assert.match(inZsh('aivault secr'), /secrets/);
  });

  test('TAB offers ids of a host that runs, and never starts one', () => {
    assert.deepEqual(inBash('aivault capability describe openai/emb'), ['']);
    assert.ok(!existsSync(path.join(folder, 'vault')));
    run('aivault', ['status']);
    try {
      assert.deepEqual(inBash('aivault capability describe openai/emb'), ['openai/embeddings']);
    } finally {
      run('aivault', ['shutdown']);
    }
  });
});
