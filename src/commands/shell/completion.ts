import { Argument, Command } from 'commander';
import type { Console } from '../console/console.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** @param commands makes all commands of the program */
export function completionCommand(console: Console, commands: () => Promise<readonly Command[]>): Command {
  const command = new Command('completion');
  return command
    .description('print a completion script for commands, flags and their values')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: (typeof shells)[number]) => {
      const { runCompletion } = await import('./completion-run.js');
      await runCompletion(console, shell, command.parent ?? command, await commands());
    });
}

const examples = `
Examples:
  source <(dtstream completion bash)                  in ~/.bashrc
  source <(dtstream completion zsh)                   in ~/.zshrc, after compinit
  dtstream completion fish > ~/.config/fish/completions/dtstream.fish`;
