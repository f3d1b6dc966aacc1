import { Command, CommanderError } from 'commander';
import { visibleText } from '../domain/visible-text.js';
import { DtstreamError, exitCodeOf } from '../errors.js';
import { ProcessIdTaken } from '../transport/embedded/door/process-id-taken.js';
import { optionDescription } from './shell/command-tree.js';
import { hoistGlobalFlags } from './hoist-global-flags.js';
import type { GlobalFlags } from './flags/common.js';
import { applyPrefix } from './flags/prefix.js';
import { setProgramVersion } from './program-version.js';
import { forgetSettings } from './config/load.js';
import { resolveFlags } from './config/resolve-flags.js';
import { didYouMean } from './config/did-you-mean.js';
import { Console, type ConsoleProcess } from './console/console.js';
import { maskedText, maskedValue } from './console/without-secrets.js';
import { loadSubcommands, settableCommands } from './subcommands.js';

/**
 * Parses the command line and runs it.
 *
 * @param argv words after the program's name
 * @param process what the command reads, writes and is told; one of its own for every run
 * @returns the exit code: 0 done, 1 the operation failed, 2 bad usage, 3 not comparable
 */
export async function runProgram(argv: readonly string[], version: string, process: ConsoleProcess): Promise<number> {
  setProgramVersion(version);
  forgetSettings();
  const console = new Console(process, argv);
  verifyCertificates(console);
  const program = new Command('dtstream')
    .description('Raw hits of drift-tube muon chambers in, live physics out.')
    .version(version)
    .configureOutput({
      writeOut: (text) => console.stdout.write(text),
      writeErr: (text) => console.stderr.write(text),
      outputError: (text, write) => write(`${oneLine(text)}\n`),
    })
    .configureHelp({ optionDescription })
    .addHelpText('after', examples)
    .hook('preAction', async (_, command) => {
      console.setLogFormat(command.opts<Partial<GlobalFlags>>().logFormat ?? 'text');
      // The commands of `config` look at the file themselves, also when it is wrong.
      const { name, takesFlags } = topOf(command, program);
      if (takesFlags) await resolveFlags(command, name, () => settableCommands(console), console.env);
      applyPrefix(command);
      console.setLogFormat(command.opts<Partial<GlobalFlags>>().logFormat ?? 'text');
    });
  const words = hoistGlobalFlags(inOurWords(argv));
  // The one that was named is enough; without a name that is known, help and hints need all of them.
  const commands = await loadSubcommands(console, words[0]);
  // Flags behind a command below another one are its own, also those that the upper one has, too.
  if (commands.some((command) => command.commands.length > 0 && command.options.length > 0))
    program.enablePositionalOptions();
  for (const command of commands) program.addCommand(inheriting(command, program));
  exitOverride(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof DtstreamError)) throw error;
    if (error instanceof ProcessIdTaken) {
      const { runUnderAnotherId } = await import('./child/another-process-id.js');
      return runUnderAnotherId(console, argv, error);
    }
    console.logLine(error.message, 'error');
    return exitCodeOf(error);
  }
}

/** The command of the program that a command is, or is below of. */
function topOf(command: Command, program: Command): { readonly name: string; readonly takesFlags: boolean } {
  let top = command;
  while (top.parent !== null && top.parent !== program) top = top.parent;
  return { name: top.name(), takesFlags: top.options.length > 0 };
}

const examples = `
Examples:
  dtstream demo                         simulated muons, processed and drawn
  dtstream process run.dat --summary    totals of a file, as a JSON object
  dtstream process --help               flags and more examples

Every flag can also be set in the environment (DTSTREAM_<FLAG>) or in a file; see dtstream config show.

Exit code: 0 done, 1 the operation failed, 2 wrong usage.`;

/** The suggestion of a flag that deletes or forgets something: a typing error must not lead there. */
const suggestedLoss = / \(Did you mean --(?:reset|force|recreate-topics|retention-policy)\?\)/;

/** An error of the command line as one line, in our voice, rule, then value: without secrets, and harmless. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(
      /^error: option '(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*?)\.?$/,
      (_, flag: string, value: string, rule: string) =>
        `error: ${flag} ${rule}, got ${maskedValue(flag.slice(2), value)}`,
    )
    .replace(/^error: command-argument value '(.*)' is invalid for argument '(.*)'\. (.*?)\.?$/, 'error: $2 $3, got $1')
    .replace('Allowed choices are', 'must be one of')
    .replace(suggestedLoss, '')
    .replace('(Did you mean', '(did you mean')
    .replace(
      / must be one of (.*), got (.*)$/,
      (rule, all: string, got: string) => rule + didYouMean(got, all.split(', ')),
    )
    .replace(/^error: /, 'dtstream: ');
  return visibleText(maskedText(line));
}

/** Flags of Kafka's own tools that mean `--brokers`. */
const brokerFlags = /^--(?:bootstrap-servers?|broker-list)(?==|$)/;

/** The words of a command line with the flags of Kafka's own tools replaced by ours. */
function inOurWords(words: readonly string[]): readonly string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, index) => (index < end ? word.replace(brokerFlags, '--brokers') : word));
}

/** The command with the program's way to write errors and help, and so those below it. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheriting(child, command);
  return command;
}

function exitOverride(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitOverride(child);
}

/**
 * Certificates are always verified. dtstream's own connections ensure that themselves; connections of the AWS SDK for
 * credentials follow this variable.
 */
function verifyCertificates({ env }: Console): void {
  delete env.NODE_TLS_REJECT_UNAUTHORIZED;
}
