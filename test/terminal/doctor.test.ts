import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { cliPath } from '../helpers/program/cli.js';
import { closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';

describe('dtstream doctor in a terminal', { skip: withoutTmux }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dtstream-doctor-'));
    writeFileSync(join(folder, 'd'), `#!/bin/sh\ncd ${folder}; clear; ${process.execPath} ${cliPath} doctor\n`, {
      mode: 0o755,
    });
  });
  after(() => {
    closeTerminals();
    rmSync(folder, { recursive: true });
  });
  const run = async (
    _: TestContext,
    name: string,
    options: Parameters<typeof openTerminal>[1],
    pattern: RegExp,
  ): Promise<void> => {
    const terminal = openTerminal(name, options);
    terminal.type(join(folder, 'd'));
    await terminal.until(pattern);
  };

  it('finds a good one in order', (context) => run(context, 'good', {}, /ok +terminal +80x24, colours, block char/));
  it('honours NO_COLOR', (context) =>
    run(context, 'plain', { env: { NO_COLOR: '1' } }, /ok +terminal +80x24, no colours[^]*because\s+of\s+NO_COLOR/));
  it('finds one that is too small', (context) =>
    run(context, 'small', { columns: 55, rows: 40 }, /warn +terminal +55x40[^]*needs\s+at\s+least\s+60x15/));
  it('finds one that cannot move its cursor', (context) =>
    run(context, 'dumb', { env: { TERM: 'dumb' } }, /warn +terminal +the terminal cannot move its cursor/));
  it('finds a locale without block characters', (context) =>
    run(context, 'latin', { env: { LC_ALL: 'C' } }, /warn +terminal +80x24, colours, ASCII only[^]*UTF-8/));
});
