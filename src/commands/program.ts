import { Command, CommanderError } from 'commander';
import { visibleText } from '../domain/visible-text.js';
import { DtstreamError, exitCodeOf } from '../errors.js';
import { systemProblem } from '../sources/input-error.js';
import { ProcessIdTaken } from '../transport/embedded/door/process-id-taken.js';
import { optionDescription } from './shell/command-tree.js';
import { hoistGlobalFlags } from './hoist-global-flags.js';
import type { GlobalFlags } from './flags/common.js';
import { setProgramVersion } from './program-version.js';
import { resolveFlags } from './config/resolve-flags.js';
import { didYouMean } from './config/did-you-mean.js';
import { logLine, setLogFormat } from './console/stdio.js';
import { maskedText, maskedValue } from './console/without-secrets.js';
import { loadSubcommands, settableCommands } from './subcommands.js';

/**
 * Parses the command line and runs it.
 *
 * @returns the exit code: 0 done, 1 the operation failed, 2 bad usage, 3 not comparable
 */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  setProgramVersion(version);
  verifyCertificates();
  const program = new Command('dtstream')
    .description('Raw hits of drift-tube muon chambers in, live physics out.')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .configureHelp({ optionDescription })
    .addHelpText('after', examples)
    .hook('preAction', async (_, command) => {
      setLogFormat(command.opts<Partial<GlobalFlags>>().logFormat ?? 'text');
      // The commands of `config` look at the file themselves, also when it is wrong.
      if (command.parent === program && command.options.length > 0)
        await resolveFlags(command, settableCommands, process.env);
      setLogFormat(command.opts<Partial<GlobalFlags>>().logFormat ?? 'text');
    });
  const words = hoistGlobalFlags(argv.slice(2));
  // The one that was named is enough; without a name that is known, help and hints need all of them.
  for (const command of await loadSubcommands(words[0])) program.addCommand(inheriting(command, program));
  exitOverride(program);
  watchStdout();
  try {
    await program.parseAsync(words, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof DtstreamError)) throw error;
    if (error instanceof ProcessIdTaken) {
      const { runUnderAnotherId } = await import('./child/another-process-id.js');
      return runUnderAnotherId(argv.slice(2), error);
    }
    logLine(error.message, 'error');
    return exitCodeOf(error);
  }
}

const examples = `
Examples:
  dtstream demo                         simulated muons, processed and drawn
  dtstream process run.dat --summary    totals of a file, as a JSON object
  dtstream process --help               flags and more examples

Every flag can also be set in the environment (DTSTREAM_<FLAG>) or in a file; see dtstream config show.

Exit code: 0 done, 1 the operation failed, 2 wrong usage.`;

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
    .replace('(Did you mean', '(did you mean')
    .replace(
      / must be one of (.*), got (.*)$/,
      (rule, all: string, got: string) => rule + didYouMean(got, all.split(', ')),
    )
    .replace(/^error: /, 'dtstream: ');
  return visibleText(maskedText(line));
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
function verifyCertificates(): void {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
}

/**
 * A closed pipe (`dtstream … | head`) or terminal on stdout is not a failure; a full disk is one. Errors of stderr are
 * ignored, and the work continues.
 */
function watchStdout(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY)) process.exit(0);
    logLine(`cannot write to stdout: ${systemProblem(error)}`, 'error');
    process.exit(1);
  });
}
