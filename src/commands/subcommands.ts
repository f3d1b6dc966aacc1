import type { Command } from 'commander';
import type { Console } from './console/console.js';

/** Every subcommand by its name; each loads its implementation only when it runs. */
const subcommands: Readonly<Record<string, (console: Console) => Promise<Command>>> = {
  run: async (console) => (await import('./run/command.js')).runCommand(console),
  produce: async (console) => (await import('./produce/command.js')).produceCommand(console),
  process: async (console) => (await import('./process/command.js')).processCommand(console),
  simulate: async (console) => (await import('./simulate/command.js')).simulateCommand(console),
  convert: async (console) => (await import('./convert/command.js')).convertCommand(console),
  watch: async (console) => (await import('./watch/command.js')).watchCommand(console),
  monitor: async (console) => (await import('./monitor/command.js')).monitorCommand(console),
  topics: async (console) => (await import('./topics/command.js')).topicsCommand(console),
  rejected: async (console) => (await import('./rejected/command.js')).rejectedCommand(console),
  verify: async (console) => (await import('./verify/command.js')).verifyCommand(console),
  report: async (console) => (await import('./report/command.js')).reportCommand(console),
  reference: async (console) => (await import('./reference/command.js')).referenceCommand(console),
  drill: async (console) => (await import('./drill/command.js')).drillCommand(console),
  bench: async (console) => (await import('./bench/command.js')).benchCommand(console),
  doctor: async (console) => (await import('./doctor/command.js')).doctorCommand(console),
  config: async (console) =>
    (await import('./config/command.js')).configCommand(console, () => settableCommands(console)),
  demo: async (console) => (await import('./demo/command.js')).demoCommand(console),
  completion: async (console) =>
    (await import('./shell/completion.js')).completionCommand(console, () => loadSubcommands(console)),
  man: async (console) => (await import('./shell/man.js')).manCommand(console, () => loadSubcommands(console)),
};

/** The command of that name, or all of them where there is none. */
export function loadSubcommands(console: Console, name?: string): Promise<Command[]> {
  const named = Object.keys(subcommands).filter((known) => known === name);
  return Promise.all((named.length > 0 ? named : Object.keys(subcommands)).map((known) => subcommands[known](console)));
}

/** New instances of the commands whose flags may have defaults in the environment and in a configuration file. */
export async function settableCommands(console: Console): Promise<Command[]> {
  return (await loadSubcommands(console)).filter(({ options }) => options.length > 0);
}
