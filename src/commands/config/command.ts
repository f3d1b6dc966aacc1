import { Command, Option } from 'commander';
import type { ConfigShowFlags } from './flags.js';
import type { Console } from '../console/console.js';

/** Makes the commands whose flags may have defaults in a file. */
export type MakeCommands = () => Promise<readonly Command[]>;

export function configCommand(console: Console, commands: MakeCommands): Command {
  const command = new Command('config').description('show, check and describe the configuration');
  const file = (): Option =>
    new Option('--config <file>', 'YAML file (default: DTSTREAM_CONFIG, else ./dtstream.yaml)');
  command
    .command('show')
    .description('print every value in effect and its origin, as a configuration file')
    .argument('[command]', 'only the flags of this command')
    .addOption(file())
    .option('--json', 'print a JSON object', false)
    .addHelpText('after', showExamples)
    .action(async (name: string | undefined, flags: ConfigShowFlags) => {
      const { runConfigShow } = await import('./show.js');
      await runConfigShow(console, await commands(), name, flags);
    });
  command
    .command('lint')
    .description('check a configuration file: one line per mistake; exit code 0 without one, else 1')
    .argument('[file]', 'file to check (default: the file in effect)')
    .addOption(file())
    .addHelpText('after', lintExamples)
    .action(async (path: string | undefined, flags: { readonly config?: string }) => {
      const { runConfigLint } = await import('./lint.js');
      await runConfigLint(console, await commands(), path ?? flags.config);
    });
  command
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .addHelpText('after', schemaExamples)
    .action(async () => {
      const { runConfigSchema } = await import('./json-schema.js');
      await runConfigSchema(console, await commands());
    });
  return command;
}

const showExamples = `
Examples:
  dtstream config show                       all values, as a file to start from
  dtstream config show process --json`;

const lintExamples = `
Examples:
  dtstream config lint                       the file in effect here
  dtstream config lint night.yaml && systemctl restart dtstream`;

const schemaExamples = `
Examples:
  dtstream config schema > dtstream.schema.json`;
