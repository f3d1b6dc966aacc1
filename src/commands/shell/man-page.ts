import { allCommands, type CommandNode, type FlagNode } from './command-tree.js';

/** The man page of the program as roff, from the same words as its help: commands, flags, details and examples. */
export function manPage(tree: CommandNode, version: string): string {
  const [name] = tree.path;
  const commands = allCommands(tree).slice(1);
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User commands"`,
    '.nh\n.ad l',
    `.SH NAME\n${name} \\- ${escapeRoff(tree.description.replace(/\.$/, ''))}`,
    `.SH SYNOPSIS\n.B ${name}\n.I command\n[options] [arguments]`,
    `.SH DESCRIPTION\n${escapeRoff(tree.description)}\n${verbatim(tree.details)}`,
    '.SH COMMANDS',
    ...commands.map(commandSection),
    `.SH OPTIONS\n${tree.flags.map(flagEntry).join('\n')}`,
    `.SH SEE ALSO\nThe pages in docs/ of the package: tutorial, inputs, configuration, semantics, wire format.`,
  ]
    .join('\n')
    .concat('\n');
}

function commandSection({ path, description, usage, flags, arguments: words, commands, details }: CommandNode): string {
  const groups = [...new Set(flags.map(({ group }) => group))];
  const own = commands.length > 0 ? '' : escapeRoff(usage);
  return [
    `.SS ${escapeRoff(path.join(' '))}`,
    `.B ${escapeRoff(path.join(' '))}\n${own}`,
    `.PP\n${escapeRoff(sentence(description))}`,
    ...words.filter((word) => word.description !== '').map((word) => entry(word.usage, word.description)),
    ...groups.flatMap((group) => [
      ...(group === 'Options:' ? [] : [`.PP\n${escapeRoff(group)}`]),
      ...flags.filter((flag) => flag.group === group && flag.long !== '--help').map(flagEntry),
    ]),
    verbatim(details),
  ]
    .filter((part) => part.trim() !== '')
    .join('\n');
}

function flagEntry({ short, long, value, fullDescription }: FlagNode): string {
  const names = [short, long].filter((flag) => flag !== undefined).join(', ');
  return entry(value === undefined ? names : `${names} ${value}`, fullDescription);
}

function entry(term: string, text: string): string {
  return `.TP\n.B ${escapeRoff(term)}\n${escapeRoff(text)}`;
}

/** Text with unchanged lines and blanks. */
function verbatim(text: string): string {
  return text === '' ? '' : `.PP\n.nf\n${escapeRoff(text)}\n.fi`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Backslashes and hyphens mean something to roff, and so do dots and quotes at the start of a line. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replace(/^(?=[.'])/gm, String.raw`\&`);
}
