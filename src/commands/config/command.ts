import { Command, Option } from 'commander';
import type { ConfigShowFlags } from './flags.js';
import type { Console } from '../console/console.js';

/** Makes the commands whose flags may have defaults in a file. */
export type MakeCommands = () => Promise<readonly Command[]>;

export function configCommand(console: Console, commands: MakeCommands): Command {
  const command = new Command('config').description('show, check and describe the configuration');
  const file = (): Option => new Option('--config <file>', 'YAML file; else DTSTREAM_CONFIG, else ./dtstream.yaml');
  command
    .command('show')
    .description('print every value that counts, and where it comes from; the output is a configuration file')
    .argument('[command]', 'only the flags of this command')
    .addOption(file())
    .option('--json', 'print it as one JSON', false)
    .addHelpText('after', showExamples)
    .action(async (name: string | undefined, flags: ConfigShowFlags) => {
      const { runConfigShow } = await import('./show.js');
      await runConfigShow(console, await commands(), name, flags);
    });
  command
    .command('lint')
    .description('check a configuration file: exit code 0 without a mistake, else 1 and a line for each')
    .argument('[file]', 'the file (default: the one that would be used)')
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
  dtstream config show                       everything, as a file to start from
  dtstream config show process --json`;

const lintExamples = `
Examples:
  dtstream config lint                       the file that would be used here
  dtstream config lint night.yaml && systemctl restart dtstream`;

const schemaExamples = `
Examples:
  dtstream config schema > dtstream.schema.json`;
