import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkedCommand, closeTerminals, openTerminal, withoutTmux } from '../helpers/tmux.js';

const driver = fileURLToPath(new URL('./screen-driver.js', import.meta.url));

/** A command line that runs the dashboard and says what it left behind. */
function command(ending = ''): string {
  return checkedCommand(`'${process.execPath}' '${driver}' ${ending}`);
}

describe('the screen in a terminal', { skip: withoutTmux }, () => {
  after(closeTerminals);

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
      const terminal = openTerminal(term, { env: { TERM: term } });
      terminal.type(command());
      const text = await terminal.until(/LIVE[^]*┤[^]*[▁▂▃▄▅▆▇█]/);
      assert.doesNotMatch(text, /Error/);
      terminal.press('q');
      await terminal.until(/rc=0\nstty as before/);
    });
  }

  it('draws ASCII only and no colour when told so', async () => {
    const terminal = openTerminal('ascii', { env: { LC_ALL: 'C', NO_COLOR: '1' } });
    terminal.type(command());
    const text = await terminal.until(/\[1 overview\][^]*#[^]*rows/);
    assert.match(text, /^[\x20-\x7e\n]*$/);
    terminal.press('q');
    await terminal.until(/rc=0/);
  });
});
