import { Command, CommanderError } from 'commander';
import { DtstreamError, exitCodeOf } from '../errors.js';
import { demoCommand } from './demo.js';
import { processCommand } from './process.js';

/** Every subcommand; each loads what it runs on only when it runs. */
const subcommands = [processCommand, demoCommand];

/**
 * Parses the command line and runs it.
 *
 * @returns the exit code: 0 done, 1 the operation failed, 2 bad usage, 3 not comparable
 */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  const program = new Command('dtstream')
    .description('Raw hits of drift-tube muon chambers in, live physics out.')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });
  for (const subcommand of subcommands) {
    program.addCommand(subcommand().copyInheritedSettings(program));
  }
  exitOverride(program);
  quietOnClosedPipe();
  try {
    await program.parseAsync(argv);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof DtstreamError)) throw error;
    process.stderr.write(`dtstream: ${error.message}\n`);
    return exitCodeOf(error);
  }
}

/** An error of the command line as one line, in our voice. */
function oneLine(text: string): string {
  return `${text
    .trim()
    .replace(/^error: /, 'dtstream: ')
    .replace(/\s*\n\s*/g, ' ')}\n`;
}

function exitOverride(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitOverride(child);
}

/** `dtstream … | head` is no failure: whoever reads has had enough. */
function quietOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
