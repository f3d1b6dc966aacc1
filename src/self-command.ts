import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** The command that starts this program once more, without arguments: node and the program, or the single executable. */
export function selfCommand(): readonly [command: string, ...args: string[]] {
  if (isSea()) return [process.execPath];
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL('./cli.js', import.meta.url))];
}
