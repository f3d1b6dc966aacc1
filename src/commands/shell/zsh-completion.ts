import { allCommands, type CommandNode, type FlagNode, type WordKind } from './command-tree.js';

/** A completion script for zsh, with the descriptions of help. */
export function zshCompletion(tree: CommandNode): string {
  const [name] = tree.path;
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), or as _${name} in a folder of $fpath

${allCommands(tree).map(commandFunction).join('\n')}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandFunction(node: CommandNode): string {
  const flags = node.flags.flatMap(flagSpecs);
  if (node.commands.length === 0) {
    const words = node.arguments.map(({ isVariadic, usage, kind }) => {
      const label = escapeSpec(usage.replace(/[[\]<>.]/g, ''));
      return `'${isVariadic ? '*' : ''}:${label}:${action(kind)}'`;
    });
    return `${functionName(node.path)}() {
  _arguments${[...flags, ...words].map((spec) => ` \\\n    ${spec}`).join('')}
}
`;
  }
  const children = node.commands.map(({ path, description }) => `${path.at(-1)}\\:"${escapeSpec(description)}"`);
  const cases = node.commands.map(({ path }) => `      ${path.at(-1)}) ${functionName(path)} ;;`);
  return `${functionName(node.path)}() {
  local curcontext="$curcontext" state line
  _arguments -C${flags.map((spec) => ` \\\n    ${spec}`).join('')} \\
    '1:command:((${children.join(' ')}))' \\
    '*::argument:->rest'
  if [[ $state == rest ]]; then
    case $line[1] in
${cases.join('\n')}
    esac
  fi
}
`;
}

function flagSpecs({ short, long, value, kind, description }: FlagNode): string[] {
  const text = `[${escapeSpec(description)}]`;
  if (value === undefined) return [short, long].flatMap((flag) => (flag === undefined ? [] : [`'${flag}${text}'`]));
  return [`'${long}=${text}:${escapeSpec(value.replace(/[[\]<>]/g, ''))}:${action(kind)}'`];
}

function action(kind: WordKind): string {
  if (kind === 'file') return '_files';
  if (kind === 'dir') return '_files -/';
  return kind === 'any' ? ' ' : `(${kind.choices.join(' ')})`;
}

function functionName(path: readonly string[]): string {
  return `_${path.join('_').replaceAll('-', '_')}`;
}

/** Inside single quotes, where brackets, colons and double quotes mean something to `_arguments`. */
function escapeSpec(text: string): string {
  return text.replace(/[[\]:"\\]/g, String.raw`\$&`).replaceAll("'", String.raw`'\''`);
}
