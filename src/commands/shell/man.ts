import { Command } from 'commander';

/** @param commands makes all commands of the program */
export function manCommand(commands: () => Promise<readonly Command[]>): Command {
  const command = new Command('man');
  return command
    .description('print the man page of all commands')
    .addHelpText('after', examples)
    .action(async () => {
      const [{ manPage }, { commandTree }, { writeOut }] = await Promise.all([
        import('./man-page.js'),
        import('./command-tree.js'),
        import('../console/stdio.js'),
      ]);
      const program = command.parent ?? command;
      await writeOut(manPage(commandTree(program, await commands()), program.version() ?? ''));
    });
}

const examples = `
Examples:
  dtstream man | man -l -
  dtstream man > ~/.local/share/man/man1/dtstream.1`;
