import { Command } from 'commander';
import { type CommandNode, commandTree } from '../../../src/commands/shell/command-tree.js';
import { loadSubcommands } from '../../../src/commands/subcommands.js';
import { testConsole } from './test-process.js';

/** All commands of the program, as help shows them. */
export async function programTree(): Promise<CommandNode> {
  return commandTree(new Command('dtstream').version(''), await loadSubcommands(testConsole().console));
}
