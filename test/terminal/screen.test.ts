import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkedCommand, closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';

const driver = fileURLToPath(new URL('../tui/screen-driver.js', import.meta.url));

/** A command line that runs the dashboard and says what it left behind. */
function command(ending = ''): string {
  return checkedCommand(`'${process.execPath}' '${driver}' ${ending}`);
}

describe('the screen in a terminal', { skip: withoutTmux }, () => {
  after(closeTerminals);

  it('draws, turns pages, freezes, helps and follows the size of the terminal', async () => {
    const terminal = openTerminal('keys');
    terminal.type(command());
    await terminal.until(/LIVE.*\n.*\n.*all chambers.*\n[^]*\n 3 +\d/);
    assert.equal(terminal.flags().slice(0, 3), '1 0');
    terminal.press('2');
    await terminal.until(/chamber 3 .* max .* at 3:\d+/);
    terminal.press('Tab');
    await terminal.until(/active( channels)? against orbit/);
    terminal.press('?');
    await terminal.until(/freeze, live/);
    terminal.press('Escape');
    terminal.press('Space');
    await terminal.until(/FROZEN .* [1-9]\d* (messages )?since/);
    terminal.press('Space', '1');
    await terminal.until(/all chambers/);
    terminal.resize(59, 20);
    await terminal.until(/LIVE[^]*\n pages from 60x15\n/);
    terminal.resize(120, 40);
    assert.match(await terminal.until(/all chambers[^]*48─{6}56─{4}63/), /┤/);
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

  it('is left with Ctrl-Z and drawn anew by fg', async () => {
    const terminal = openTerminal('suspend');
    terminal.type('before=$(stty -g)');
    terminal.type(`'${process.execPath}' '${driver}'`);
    await terminal.until(/LIVE/);
    for (const page of ['2', '1']) {
      terminal.press('C-z');
      await terminal.until(/Stopped|Suspended/);
      assert.equal(terminal.flags(), '0 1 0');
      terminal.type('clear; [ "$before" = "$(stty -g)" ] && echo stty as before');
      await terminal.until(/^stty as before/m);
      terminal.type('fg');
      await terminal.until(/LIVE/);
      assert.equal(terminal.flags().slice(0, 3), '1 0');
      terminal.press(page);
      await terminal.until(page === '2' ? /chamber 3 .* max .* at 3:\d+/ : /all chambers/);
    }
    terminal.press('q');
    await terminal.until(/quit with \d+ messages/);
    assert.equal(terminal.flags(), '0 1 0');
  });

  it('takes the terminal again after SIGSTOP, whatever the shell has made of it', async () => {
    const terminal = openTerminal('sigstop');
    terminal.type(`sh -c 'echo pid=$$; read line; exec "$@"' - '${process.execPath}' '${driver}'`);
    const pid = Number(/pid=(\d+)/.exec(await terminal.until(/pid=\d+/))?.[1]);
    terminal.press('Enter');
    await terminal.until(/LIVE/);
    process.kill(pid, 'SIGSTOP');
    await terminal.until(/Stopped|Suspended/);
    // The screen was not given back: lines end as the shell's own do not.
    terminal.press('stty sane; tput rmcup; tput cnorm; fg', 'C-j');
    await terminal.until(/LIVE.*\n.*\n.*all chambers/);
    assert.equal(terminal.flags().slice(0, 3), '1 0');
    terminal.press('2');
    await terminal.until(/chamber 3 .* max .* at 3:\d+/);
    terminal.press('q');
    await terminal.until(/quit with \d+ messages/);
    assert.equal(terminal.flags(), '0 1 0');
  });

  const broadcast = '\r\nBroadcast message from root (somewhere)\r\nthe system is going down\r\n';
  it('is drawn anew with Ctrl-L where others have written', async () => {
    const terminal = openTerminal('broadcast');
    terminal.type(command());
    await terminal.until(/LIVE/);
    terminal.press('Space');
    await terminal.until(/FROZEN/);
    terminal.scribble(`${broadcast}\x1b[?1049l\x1b[?25h`);
    await terminal.until(/^((?!all chambers)[^])*$/);
    terminal.press('C-l');
    assert.doesNotMatch(await terminal.until(/FROZEN[^]*all chambers[^]*\n 3 +\d/), /Broadcast|going down/);
    assert.equal(terminal.flags().slice(0, 3), '1 0');
    terminal.press('q');
    await terminal.until(/rc=0\nstty as before/);
  });

  it('is drawn anew by itself now and then', async () => {
    const terminal = openTerminal('repaint');
    terminal.type(command('repaint'));
    await terminal.until(/LIVE/);
    terminal.press('Space');
    await terminal.until(/FROZEN/);
    terminal.scribble(broadcast);
    // Frozen, nothing is written but what is drawn anew.
    await terminal.until(/^((?!Broadcast|going down)[^])*all chambers((?!Broadcast|going down)[^])*$/);
    terminal.press('q');
    await terminal.until(/rc=0\nstty as before/);
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
