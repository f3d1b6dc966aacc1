import { EventEmitter } from 'node:events';
import { type Argument, type Command, Help, type Option } from 'commander';

/** Kind of a word on the command line: one of several choices, a path, or anything. */
export type WordKind = { readonly choices: readonly string[] } | 'file' | 'dir' | 'any';

/** A flag as help, completion and man page tell it. */
export interface FlagNode {
  /** `-h`, if there is one. */
  readonly short: string | undefined;
  /** `--threads` */
  readonly long: string;
  /** `<n>`, undefined for a switch. */
  readonly value: string | undefined;
  readonly kind: WordKind;
  readonly description: string;
  /** With choices, default and variable, as help prints it. */
  readonly fullDescription: string;
  /** Heading of its group in help. */
  readonly group: string;
}

/** An argument: `[input...]`. */
interface ArgumentNode {
  readonly usage: string;
  readonly isVariadic: boolean;
  readonly kind: WordKind;
  readonly description: string;
}

/** A command with everything that its help says. */
export interface CommandNode {
  /** Names from the program on: `['dtstream', 'config', 'show']`. */
  readonly path: readonly string[];
  readonly description: string;
  /** After its path: `[options] [input...]`. */
  readonly usage: string;
  readonly flags: readonly FlagNode[];
  readonly arguments: readonly ArgumentNode[];
  readonly commands: readonly CommandNode[];
  /** What help says below the flags: remarks and examples. */
  readonly details: string;
}

/** Describes a command with all below it; `commands` stand for its own, where it has not loaded them. */
export function commandTree(
  command: Command,
  commands: readonly Command[] = command.commands,
  parents: readonly string[] = [],
): CommandNode {
  const help = command.createHelp();
  const path = [...parents, command.name()];
  return {
    path,
    description: command.description(),
    usage: command.usage().trim(),
    flags: help.visibleOptions(command).map(flagNode),
    arguments: command.registeredArguments.map(argumentNode),
    commands: commands.map((child) => commandTree(child, child.commands, path)),
    details: detailsOf(command),
  };
}

/** A command and all below it, in the order of help. */
export function allCommands(tree: CommandNode): CommandNode[] {
  return [tree, ...tree.commands.flatMap(allCommands)];
}

/** A flag's description; that a switch is off by default goes without saying. */
export function optionDescription(option: Option): string {
  return Help.prototype.optionDescription.call(new Help(), option).replace(/ \(default: false\)$/, '');
}

function flagNode(option: Option): FlagNode {
  const value = /[<[].*$/.exec(option.flags)?.[0];
  return {
    short: option.short,
    long: option.long ?? option.flags,
    value,
    kind: value === undefined ? 'any' : kindOf(option.argChoices, value),
    description: option.description,
    fullDescription: optionDescription(option),
    group: option.helpGroupHeading ?? 'Options:',
  };
}

function argumentNode(argument: Argument): ArgumentNode {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return {
    usage: argument.required ? `<${name}>` : `[${name}]`,
    isVariadic: argument.variadic,
    kind: kindOf(argument.argChoices, name),
    description: argument.description,
  };
}

function kindOf(choices: readonly string[] | undefined, placeholder: string): WordKind {
  if (choices !== undefined) return { choices };
  if (/\b(file|input)\b/.test(placeholder)) return 'file';
  return /\b(dir|folder)\b/.test(placeholder) ? 'dir' : 'any';
}

/** The text that a command has asked to be added to its help. */
function detailsOf(command: Command): string {
  let text = '';
  // Commander's types do not say that its commands are emitters, by which it adds such text.
  if (command instanceof EventEmitter) {
    command.emit('afterHelp', { error: false, command, write: (more: string) => (text += more) });
  }
  return text.trim();
}
