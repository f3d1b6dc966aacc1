import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const driver = fileURLToPath(new URL('./screen-driver.js', import.meta.url));
const hasTmux = process.platform !== 'win32' && spawnSync('tmux', ['-V']).status === 0;
const skip = hasTmux ? false : 'tmux is not installed';
const server = `dtstream-test-${process.pid}`;

function tmux(...args: string[]): string {
  return execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8' });
}

/** Starts a shell in a terminal of its own and gives what a user can do there. */
function openTerminal(name: string, environment: Record<string, string> = {}) {
  const variables = Object.entries({ LC_ALL: 'C.UTF-8', ...environment }).map(([key, value]) => `${key}=${value}`);
  tmux('new-session', '-d', '-s', name, '-x', '80', '-y', '24', `env ${variables.join(' ')} sh`);
  const terminal = {
    press: (...keys: string[]) => tmux('send-keys', '-t', name, ...keys),
    type: (line: string) => tmux('send-keys', '-t', name, line, 'Enter'),
    resize: (columns: number, rows: number) =>
      tmux('resize-window', '-t', name, '-x', String(columns), '-y', String(rows)),
    text: () => tmux('capture-pane', '-p', '-t', name),
    flags: () => tmux('display', '-p', '-t', name, '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim(),
    /** The first screen that matches; fails with the last one seen when none does. */
    async until(pattern: RegExp): Promise<string> {
      const deadlineMs = Date.now() + 15_000;
      for (;;) {
        const text = terminal.text();
        if (pattern.test(text)) return text;
        if (Date.now() > deadlineMs) assert.fail(`the screen never matched ${String(pattern)}:\n${text}`);
        await delay(30);
      }
    },
  };
  return terminal;
}

/** A command line that runs the dashboard and says what it left behind. */
function command(ending = ''): string {
  const run = `'${process.execPath}' '${driver}' ${ending}`;
  return `before=$(stty -g); ${run}; echo rc=$?; [ "$before" = "$(stty -g)" ] && echo stty as before`;
}

describe('the screen in a terminal', { skip }, () => {
  after(() => spawnSync('tmux', ['-L', server, 'kill-server']));

  it('draws, turns pages, freezes, helps and follows the size of the terminal', async () => {
    const terminal = openTerminal('keys');
    terminal.type(command());
    await terminal.until(/LIVE.*\n.*all chambers.*\n[^]*chamber 3/);
    assert.equal(terminal.flags().slice(0, 3), '1 0');
    terminal.press('2');
    await terminal.until(/chamber 3 .* max .* at channel/);
    terminal.press('Tab');
    await terminal.until(/active channels/);
    terminal.press('?');
    await terminal.until(/freeze the display/);
    terminal.press('Escape');
    terminal.press('Space');
    await terminal.until(/FROZEN, [1-9]\d* more since/);
    terminal.press('Space', '1');
    await terminal.until(/all chambers/);
    terminal.resize(59, 20);
    await terminal.until(/^terminal too small: 59x20/);
    terminal.resize(120, 40);
    assert.match(await terminal.until(/all chambers[^]*112 {10}127/), /┤/);
    terminal.resize(80, 24);
    terminal.press('q');
    await terminal.until(/quit with \d+ messages\nrc=0\nstty as before/);
    assert.equal(terminal.flags(), '0 1 0');
  });

  for (const [ending, stop, seen] of [
    ['crash', undefined, /crash on purpose[^]*rc=1\nstty as before/],
    ['exit', undefined, /rc=7\nstty as before/],
    ['Ctrl-C', 'C-c', /quit with \d+ messages\nrc=0\nstty as before/],
  ] as const) {
    it(`gives the terminal back after ${ending}`, async () => {
      const terminal = openTerminal(ending);
      terminal.type(command(ending));
      if (stop !== undefined) {
        await terminal.until(/LIVE/);
        terminal.press(stop);
      }
      await terminal.until(seen);
      assert.equal(terminal.flags(), '0 1 0');
    });
  }

  it('gives the terminal back after SIGTERM', async () => {
    const terminal = openTerminal('sigterm');
    terminal.type(`sh -c 'echo pid=$$; read line; exec "$@"' - '${process.execPath}' '${driver}'; echo rc=$?`);
    const pid = /pid=(\d+)/.exec(await terminal.until(/pid=\d+/))?.[1];
    terminal.press('Enter');
    await terminal.until(/LIVE/);
    process.kill(Number(pid), 'SIGTERM');
    await terminal.until(/terminated with \d+ messages\nrc=0/);
    assert.equal(terminal.flags(), '0 1 0');
  });

  for (const term of ['screen-256color', 'xterm-256color', 'xterm-kitty', 'no-such-terminal']) {
    it(`draws the same with TERM=${term}`, async () => {
      const terminal = openTerminal(term, { TERM: term });
      terminal.type(command());
      const text = await terminal.until(/LIVE[^]*┤[^]*[▁▂▃▄▅▆▇█]/);
      assert.doesNotMatch(text, /Error/);
      terminal.press('q');
      await terminal.until(/rc=0\nstty as before/);
    });
  }

  it('draws ASCII only and no colour when told so', async () => {
    const terminal = openTerminal('ascii', { LC_ALL: 'C', NO_COLOR: '1' });
    terminal.type(command());
    const text = await terminal.until(/\[1 overview\][^]*#[^]*rows/);
    assert.match(text, /^[\x20-\x7e\n]*$/);
    terminal.press('q');
    await terminal.until(/rc=0/);
  });
});
