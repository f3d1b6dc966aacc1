import type { Command } from 'commander';

/** Every subcommand by its name; each loads its implementation only when it runs. */
const subcommands: Readonly<Record<string, () => Promise<Command>>> = {
  produce: async () => (await import('./produce/command.js')).produceCommand(),
  process: async () => (await import('./process/command.js')).processCommand(),
  simulate: async () => (await import('./simulate/command.js')).simulateCommand(),
  watch: async () => (await import('./watch/command.js')).watchCommand(),
  topics: async () => (await import('./topics/command.js')).topicsCommand(),
  verify: async () => (await import('./verify/command.js')).verifyCommand(),
  bench: async () => (await import('./bench/command.js')).benchCommand(),
  doctor: async () => (await import('./doctor/command.js')).doctorCommand(),
  config: async () => (await import('./config/command.js')).configCommand(settableCommands),
  demo: async () => (await import('./demo/command.js')).demoCommand(),
  completion: async () => (await import('./shell/completion.js')).completionCommand(loadSubcommands),
  man: async () => (await import('./shell/man.js')).manCommand(loadSubcommands),
};

/** The command of that name, or all of them where there is none. */
export function loadSubcommands(name?: string): Promise<Command[]> {
  const named = Object.keys(subcommands).filter((known) => known === name);
  return Promise.all((named.length > 0 ? named : Object.keys(subcommands)).map((known) => subcommands[known]()));
}

/** New instances of the commands whose flags may have defaults in the environment and in a configuration file. */
export async function settableCommands(): Promise<Command[]> {
  return (await loadSubcommands()).filter(({ commands, options }) => commands.length === 0 && options.length > 0);
}
