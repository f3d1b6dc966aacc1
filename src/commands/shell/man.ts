import { Command } from 'commander';
import type { Console } from '../console/console.js';

/** @param commands makes all commands of the program */
export function manCommand(console: Console, commands: () => Promise<readonly Command[]>): Command {
  const command = new Command('man');
  return command
    .description('print the man page of all commands')
    .addHelpText('after', examples)
    .action(async () => {
      const [{ manPage }, { commandTree }] = await Promise.all([import('./man-page.js'), import('./command-tree.js')]);
      const program = command.parent ?? command;
      await console.writeOut(manPage(commandTree(program, await commands()), program.version() ?? ''));
    });
}

const examples = `
Examples:
  dtstream man | man -l -
  dtstream man > ~/.local/share/man/man1/dtstream.1`;
