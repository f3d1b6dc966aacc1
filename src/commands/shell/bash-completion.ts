import { allCommands, type CommandNode, type WordKind } from './command-tree.js';

/** A completion script for bash: subcommands, flags, choices and paths of every command. */
export function bashCompletion(tree: CommandNode): string {
  const name = tree.path[0];
  const nodes = allCommands(tree);
  const commandCases = nodes
    .filter((node) => node.path.length > 1)
    .map((node) => quote(node.path.join(' ')))
    .join(' | ');
  const wordCases = nodes.map((node) => {
    const words = [...node.commands.map((child) => child.path.at(-1)), ...node.arguments.flatMap(choicesOf)].join(' ');
    const flags = node.flags.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long])).join(' ');
    const takesFiles = node.arguments.some(({ kind }) => kind === 'file' || kind === 'dir');
    return `    ${quote(node.path.join(' '))}) words=${quote(words)} flags=${quote(flags)} files=${takesFiles ? 'yes' : ''} ;;`;
  });
  return `# Completion of ${name} for bash: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=${name} i words flags files
  # Bash makes words of --flag=value: the flag, =, the value.
  [[ $current == = ]] && current=
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD - 2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
    ${commandCases}) command+=" \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$command $before" in
${valueCases(nodes).join('\n')}
  esac
  case $command in
${wordCases.join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    # Where files are expected, bash completes their names.
    [[ $files ]] || compopt +o default +o bashdefault 2> /dev/null
  fi
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

/** One case for all flags whose values are completed alike. */
function valueCases(nodes: readonly CommandNode[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const { path, flags } of nodes) {
    for (const { short, long, value, kind } of flags) {
      if (value === undefined) continue;
      const words = valueWords(kind);
      const names = short === undefined ? [long] : [short, long];
      const all = patterns.get(words) ?? [];
      patterns.set(words, [...all, ...names.map((flag) => quote(`${path.join(' ')} ${flag}`))]);
    }
  }
  return [...patterns].map(([words, all]) => `  ${all.join(' | ')})\n    ${words}\n    return\n    ;;`);
}

function valueWords(kind: WordKind): string {
  // No words here, so that bash completes file names.
  if (kind === 'file') return ':';
  if (kind === 'dir') return 'compopt -o dirnames +o default +o bashdefault 2> /dev/null';
  if (kind === 'any') return 'compopt +o default +o bashdefault 2> /dev/null';
  return `COMPREPLY=($(compgen -W ${quote(kind.choices.join(' '))} -- "$current"))`;
}

function choicesOf({ kind }: { readonly kind: WordKind }): readonly string[] {
  return typeof kind === 'object' ? kind.choices : [];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
