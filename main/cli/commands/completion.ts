import { type Command, command, type Nouns, restArgument } from '../command.ts';
import { candidatesFor } from '../complete.ts';
import { safe } from '../escape.ts';

// Completion for bash, zsh and fish. The scripts ask `aivault completion candidates`, so they never grow old.

/** The line that loads it, and where that line stands for every shell to come. */
const loading = {
  bash: { line: 'source <(aivault completion bash)', file: '~/.bashrc' },
  zsh: { line: 'source <(aivault completion zsh)', file: '~/.zshrc, behind compinit' },
  fish: { line: 'aivault completion fish | source', file: '~/.config/fish/config.fish' },
} as const;

const bash = `# aivault completion for bash. Load it with: ${loading.bash.line}
_aivault() {
  local current=\${COMP_WORDS[COMP_CWORD]} line
  local -a words=()
  while IFS= read -r line; do
    words+=("\${line%%$'\\t'*}")
  done < <(aivault completion candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  case \${words[0]-} in
    @file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    @folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    *) COMPREPLY=("\${words[@]}") ;;
  esac
}
complete -F _aivault aivault
`;

const zsh = `#compdef aivault
# aivault completion for zsh. Load it with: ${loading.zsh.line}, after compinit
_aivault() {
  local -a lines described
  local line
  lines=("\${(@f)$(aivault completion candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case \${lines[1]-} in
    @file*) _files; return ;;
    @folder*) _files -/; return ;;
  esac
  for line in $lines; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe aivault described
}
compdef _aivault aivault
`;

const fish = `# aivault completion for fish. Load it with: ${loading.fish.line}
function __aivault_candidates
  set -l words (commandline -opc) (commandline -ct)
  set -l found (aivault completion candidates -- $words[2..-1] 2>/dev/null)
  switch "$found[1]"
    case '@file*'
      __fish_complete_path (commandline -ct)
    case '@folder*'
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\\n' $found
  end
end
complete -c aivault -f -a '(__aivault_candidates)'
`;

const scriptCommand = (shell: keyof typeof loading, script: string) =>
  command({
    words: `completion ${shell}`,
    summary: `Print the completion script for ${shell}.`,
    notes: [`To have it in every shell, put this line into ${loading[shell].file}.`],
    examples: [loading[shell].line],
    async run(_values, session) {
      if (session.out.json) session.out.answer({ shell, script }, () => {});
      else await session.out.raw(script);
      return 0;
    },
  });

const candidatesCommand = (nouns: Nouns) =>
  command({
    words: 'completion candidates',
    summary: 'Print what could stand in place of the last of the given words; the scripts ask this.',
    hidden: true,
    arguments: { words: restArgument('The words after aivault, up to the cursor.') },
    async run(values, session) {
      const found = await candidatesFor(values.words, nouns, session);
      // One line each; a tab before the meaning is what all three scripts split at.
      const lines = found.map(({ word, summary }) => (summary === '' ? safe(word) : `${safe(word)}\t${safe(summary)}`));
      await session.out.raw(lines.map((line) => `${line}\n`).join(''));
      return 0;
    },
  });

/** The commands, over the table they complete. */
export const completionCommands = (nouns: Nouns): readonly Command[] => [
  scriptCommand('bash', bash),
  scriptCommand('zsh', zsh),
  scriptCommand('fish', fish),
  candidatesCommand(nouns),
];
