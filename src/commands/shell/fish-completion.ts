import { allCommands, type CommandNode, type FlagNode, type WordKind } from './command-tree.js';

/** A completion script for fish, with the descriptions of help. */
export function fishCompletion(tree: CommandNode): string {
  const [name] = tree.path;
  const lines = allCommands(tree).flatMap((node) => commandLines(node).map((line) => `complete -c ${name} ${line}`));
  return `# Completion of ${name} for fish: ${name} completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${lines.join('\n')}
`;
}

function commandLines(node: CommandNode): string[] {
  const here = `-n ${quote(condition(node))}`;
  const children = node.commands.map(({ path, description }) => `${here} -a ${path.at(-1)} -d ${quote(description)}`);
  const words = node.arguments.map(({ kind }) => `${here} ${values(kind)}`).filter((line) => line !== `${here} `);
  const flags = node.flags.map((flag) => `${here} ${flagWords(flag)}`);
  return [...children, ...words, ...flags];
}

/** True where the words before the cursor name this command, and none below it. */
function condition({ path, commands }: CommandNode): string {
  const seen = path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map((child) => child.path.at(-1)).join(' ');
  const conditions = below === '' ? seen : [...seen, `not __fish_seen_subcommand_from ${below}`];
  return conditions.join('; and ');
}

function flagWords({ short, long, value, kind, description }: FlagNode): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`];
  return [...names, ...(value === undefined ? [] : ['-r', values(kind)]), `-d ${quote(description)}`]
    .filter((word) => word !== '')
    .join(' ');
}

function values(kind: WordKind): string {
  if (kind === 'file') return '-F';
  if (kind === 'dir') return "-a '(__fish_complete_directories)'";
  return kind === 'any' ? '' : `-a ${quote(kind.choices.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
