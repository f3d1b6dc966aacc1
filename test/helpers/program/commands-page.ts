import { format, resolveConfig } from 'prettier';
import { allCommands, type CommandNode, type FlagNode } from '../../../src/commands/shell/command-tree.js';

const introduction = `# Commands

Every command with its flags, as \`--help\` prints them; \`dtstream man\` prints the same as a man page. \`npm run docs\` writes this page.

Units: numbers and rates such as \`10k\`, \`2.5M\` or \`4Ki\`, times such as \`500ms\`, \`5s\` or \`2m\` (a plain number is in seconds), sizes such as \`500MB\` or \`2GiB\`. Every flag can also be set in the environment or in a file ([configuration](configuration.md)).
`;

/** The contents of docs/commands.md. */
export async function commandsPage(tree: CommandNode): Promise<string> {
  const sections = allCommands(tree).slice(1).map(section);
  const config = await resolveConfig('docs/commands.md', { editorconfig: false });
  return format([introduction, ...sections].join('\n'), { ...config, parser: 'markdown' });
}

function section({ path, description, usage, flags, arguments: words, commands, details }: CommandNode): string {
  const rows = [
    ...words.map((word) => row(word.usage, word.description)),
    ...flags.filter(({ long }) => long !== '--help').map((flag) => row(names(flag), ofNoMachine(flag.fullDescription))),
  ];
  const call = [...path, ...(commands.length > 0 ? ['[command]'] : [usage])].join(' ');
  return [
    `${'#'.repeat(path.length)} ${path.join(' ')}\n`,
    `${description.charAt(0).toUpperCase()}${description.slice(1)}.\n`,
    `\`\`\`text\n${call}\n\`\`\`\n`,
    ...(rows.length > 0 ? ['| | |\n| --- | --- |', ...rows, ''] : []),
    details === '' ? '' : `\`\`\`text\n${details}\n\`\`\`\n`,
  ].join('\n');
}

function names({ short, long, value }: FlagNode): string {
  const both = short === undefined ? long : `${short}, ${long}`;
  return value === undefined ? both : `${both} ${value}`;
}

function row(term: string, text: string): string {
  return `| \`${term.replaceAll('|', '\\|')}\` | ${text.replace(/[|<>*_]/g, '\\$&')} |`;
}

/** Leaves out the value of a default that depends on the machine. */
function ofNoMachine(text: string): string {
  return text.replace(/, here \d+\)/, ')');
}
