import type { Command } from 'commander';
import { UsageError } from '../../simulator/usage-error';
import { commandOf } from '../command-line';

/** What may follow a command: its commands and its options. */
interface Completions {
  /** Names of commands from the program on, joined by spaces. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly description: string }[];
}

/** One for each command of a tree. */
export const completionsOf = (command: Command, path: readonly string[] = []): readonly Completions[] => {
  const words = [
    ...command.commands.map((sub) => ({ word: sub.name(), description: sub.description() })),
    ...command.options.map(({ long, description }) => ({ word: long ?? '', description })),
    { word: '--help', description: 'help' },
  ];
  return [
    { path: path.join(' '), words },
    ...command.commands.flatMap((sub) => completionsOf(sub, [...path, sub.name()])),
  ];
};

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const wordsOf = ({ words }: Completions) => words.map(({ word }) => word).join(' ');

/** The longest path of commands in what is typed decides. Options and their values are skipped. */
const bash = (all: readonly Completions[]): string => `_wme() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    case " ${all.map(({ path }) => path.replaceAll(' ', '/')).join(' ')} " in
      *" \${path:+$path/}$word "*) path="\${path:+$path/}$word" ;;
    esac
  done
  local words=""
  case "$path" in
${all.map((entry) => `    ${quoted(entry.path.replaceAll(' ', '/'))}) words=${quoted(wordsOf(entry))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _wme wme`;

/** zsh runs completions of bash. */
const zsh = (all: readonly Completions[]): string =>
  `autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n${bash(all)}`;

/** The commands before the cursor, without options, are compared with each path. */
const fish = (all: readonly Completions[]): string =>
  [
    'function __wme_path',
    '  set -l words (commandline -opc)[2..]',
    '  string join " " -- (string match -v -- "-*" $words)',
    'end',
    'complete -c wme -f',
    ...all.flatMap(({ path, words }) => {
      // After a command that has no commands come its arguments.
      const isLeaf = !all.some((other) => other.path.startsWith(`${path} `));
      const here =
        path === ''
          ? 'test -z (__wme_path | string collect)'
          : `string match -q -- ${quoted(isLeaf ? `${path}*` : path)} (__wme_path)`;
      return words.map(({ word, description }) => {
        const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
        return `complete -c wme -n ${quoted(here)} ${what} -d ${quoted(description.split(/[.;:]/)[0] ?? '')}`;
      });
    }),
  ].join('\n');

const SHELLS = { bash, zsh, fish } as const;

const isShell = (name: string | undefined): name is keyof typeof SHELLS =>
  name !== undefined && Object.hasOwn(SHELLS, name);

/** The script that completes the commands of a tree. */
export const completionScript = (shell: keyof typeof SHELLS, program: Command): string =>
  SHELLS[shell](completionsOf(program));

/** @param programOf the tree, which contains this command */
export const completionCommand = (programOf: () => Command) =>
  commandOf({
    name: 'completion',
    description: 'Prints a script that completes commands and options of wme in a shell.',
    args: [['<shell>', 'bash, zsh or fish']],
    options: {},
    notes: 'bash, zsh: eval "$(wme completion bash)"; fish: wme completion fish | source',
    run: async (_values, [shell]) => {
      if (!isShell(shell)) throw new UsageError(`${shell ?? ''}: give bash, zsh or fish.`);
      console.log(completionScript(shell, programOf()));
    },
  });
