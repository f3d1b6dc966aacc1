import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allCommands, type CommandNode } from '../../../src/commands/shell/command-tree.js';
import { programTree } from '../../helpers/program/program-tree.js';

const tree = await programTree();
const commands = allCommands(tree).slice(1);

/** The command that the words of a command line name. */
function named(words: readonly string[]): CommandNode {
  const next = (node: CommandNode, index: number): CommandNode => {
    const child = node.commands.find(({ path }) => path.at(-1) === words[index]);
    return child === undefined ? node : next(child, index + 1);
  };
  return next(tree, 0);
}

/** The calls of dtstream in the examples of a help text. */
function examplesOf({ details }: CommandNode): string[] {
  const lines = details.slice(details.indexOf('Examples:')).split('\n').slice(1);
  const calls = lines.flatMap((line) => line.trim().split(/ {2,}|[|;&<>()]/));
  return calls.map((call) => call.trim()).filter((call) => call.startsWith('dtstream '));
}

describe('the help of', () => {
  for (const command of commands.filter((node) => node.commands.length === 0)) {
    it(`${command.path.join(' ')} has examples of it, with flags that are there`, () => {
      const examples = examplesOf(command);
      assert.ok(
        examples.some((call) => call.startsWith(command.path.join(' '))),
        'an example of the command',
      );
      for (const call of examples) {
        const { flags } = named(call.split(' ').slice(1));
        for (const flag of call.match(/--[\w-]+/g) ?? []) {
          assert.ok(
            flags.some(({ long }) => long === flag),
            `${call}: ${flag}`,
          );
        }
      }
    });
  }
});
