import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadSubcommands } from '../../src/commands/subcommands.js';
import { runCli } from '../helpers/program/cli.js';
import { tempFolder } from '../sources/temp-folder.js';
import { testConsole } from '../helpers/program/test-process.js';

const folder = new URL('../../../examples/systemd/', import.meta.url);
const units = readdirSync(folder).filter((name) => name.endsWith('.service'));
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the systemd units', () => {
  it('start commands with flags that they take', async () => {
    assert.deepEqual(
      units,
      ['live', 'process', 'produce', 'watch'].map((name) => `dtstream-${name}.service`),
    );
    for (const unit of units) {
      const [name, ...args] = (/^ExecStart=\/usr\/local\/bin\/dtstream (.*)$/m.exec(textOf(unit))?.[1] ?? '').split(
        ' ',
      );
      const [command] = await loadSubcommands(testConsole().console, name);
      assert.equal(unit.replace('-live', '-watch'), `dtstream-${command.name()}.service`);
      command.exitOverride().action(() => undefined);
      assert.doesNotThrow(() => command.parse(args, { from: 'user' }));
    }
  });

  it('are what systemd understands', { skip: !hasSystemd && 'systemd is not installed' }, (context) => {
    // What is not installed on this machine is not the unit's mistake: a program, a user, a page of the manual.
    const files = Object.fromEntries(
      units.map((name) => [
        name,
        textOf(name)
          .replaceAll('/usr/local/bin/dtstream', process.execPath)
          .replace(/^(Documentation|User)=.*\n/gm, ''),
      ]),
    );
    const dir = tempFolder(context, files);
    const paths = units.map((name) => join(dir, name));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
      encoding: 'utf8',
    });
    const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('dtstream'));
    assert.deepEqual([own, status], [[], 0]);
  });

  it('share a configuration without a mistake', async () => {
    const path = new URL('dtstream.yaml', folder).pathname;
    const lint = await runCli(['config', 'lint', path]);
    assert.deepEqual([lint.code, lint.stderr], [0, '']);
    const shown = await runCli(['config', 'show', 'process', '--config', path]);
    assert.match(shown.stdout, /^ {4}lanes: 3 /m);
  });
});
