import type { Command } from 'commander';
import type { Shell } from './completion.js';
import { bashCompletion } from './help/bash-completion.js';
import { commandTree } from './help/command-tree.js';
import { fishCompletion } from './help/fish-completion.js';
import { zshCompletion } from './help/zsh-completion.js';
import { writeOut } from './stdio.js';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `dtstream completion SHELL` */
export async function runCompletion(shell: Shell, program: Command, commands: readonly Command[]): Promise<void> {
  await writeOut(scripts[shell](commandTree(program, commands)));
}
