import type { Command } from 'commander';
import { bashCompletion } from './bash-completion.js';
import { commandTree } from './command-tree.js';
import { fishCompletion } from './fish-completion.js';
import { zshCompletion } from './zsh-completion.js';
import type { Console } from '../console/console.js';

/** By the shell that a completion script can be made for. */
const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `dtstream completion SHELL` */
export async function runCompletion(
  console: Console,
  shell: keyof typeof scripts,
  program: Command,
  commands: readonly Command[],
): Promise<void> {
  await console.writeOut(scripts[shell](commandTree(program, commands)));
}
