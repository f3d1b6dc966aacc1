import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { tempFolder } from '../sources/temp-folder.js';
import { assertShown, shownCommands } from './console.js';

const noShell = process.platform === 'win32' && 'its commands are for a POSIX shell';

it('docs/tutorial.md shows what its commands print', { skip: noShell }, async (t) => {
  const commands = shownCommands('docs/tutorial.md');
  assert.ok(commands.length >= 30);
  const folder = tempFolder(t);
  try {
    await assertShown(commands, folder);
  } catch (error) {
    // The page stops what it has started only when it comes to its end.
    for (const name of ['process.pid', 'monitor.pid']) stop(join(folder, name));
    throw error;
  }
});

/** Kills the process whose id is in a file; without the file it was stopped by the page. */
function stop(pidFile: string): void {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  // 0 would be this process and its whole group.
  if (pid > 0) process.kill(pid, 'SIGKILL');
}
