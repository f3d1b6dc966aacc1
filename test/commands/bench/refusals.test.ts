import { describe, test } from 'node:test';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('dtstream bench', () => {
  test('refuses what it cannot do before it begins', async (t) => {
    const folder = tempFolder(t, { 'other.json': '{"a": 1}' });
    const refuse = async (args: readonly string[], code: 1 | 2, line: RegExp): Promise<void> =>
      assertFails(await runCommand(['bench', ...args], { cwd: folder }), code, line);
    await refuse(['--plot', 'p.png'], 2, /--plot must name a file\.svg or a file\.html, got p\.png/);
    await refuse(['--threads', '1,,2'], 2, /--threads must be values separated by commas, got 1,,2/);
    await refuse(['--encoding', 'xml'], 2, /--encoding must be of csv, words, got xml/);
    await refuse(['--physics', 'on'], 2, /--physics must be of off, counts, full, got on/);
    await refuse(['--compare', 'none.json'], 1, /cannot read none\.json: /);
    await refuse(['--compare', 'other.json'], 1, /cannot read other\.json: line 1 must be a bench result/);
  });
});
