import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tempFolder } from '../sources/temp-folder.js';
import { assertShown, shownCommands } from './console.js';

const noShell = process.platform === 'win32' && 'its commands are for a POSIX shell';

it('docs/wire-format.md shows what its commands print', { skip: noShell }, async (t) => {
  const commands = shownCommands('docs/wire-format.md');
  assert.ok(commands.length >= 2);
  await assertShown(commands, tempFolder(t));
});
