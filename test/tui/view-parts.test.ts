import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channelFirstOf, channelWindow } from '../../src/results/channel-window.js';
import { addToTotals, emptyTotals, type Totals } from '../../src/results/totals.js';
import { signedChannels } from '../../src/tui/panels/occupancy/channel-strips.js';
import type { ChannelSign } from '../../src/views/detector/verdicts.js';
import {
  cut,
  formatBytes,
  formatCount,
  formatMeasured,
  formatPercent,
  formatShort,
  formatSigned,
  formatSpan,
} from '../../src/tui/draw/format.js';
import { Canvas } from '../../src/tui/draw/canvas.js';
import { namedList } from '../../src/tui/draw/text-lines.js';
import { drawTimeBox } from '../../src/tui/panels/timing/time-box.js';
import { fitBox } from '../../src/physics/box-fit.js';
import { resolveStyle } from '../../src/tui/draw/style.js';
import { screenRefusal } from '../../src/tui/terminal.js';

describe('numbers', () => {
  it('are grouped in full and short in at most five characters', () => {
    assert.deepEqual([0, 999, 1000, 1234567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
    const short = [0, 1.26, 99.94, 812, 999.4, 999.6, 9994, 9996, 99_960, 999_499, 1e6, 123_456_789, 2 ** 53];
    assert.deepEqual(short.map(formatShort), [
      '0',
      '1.3',
      '99.9',
      '812',
      '999',
      '1.00k',
      '9.99k',
      '10.0k',
      '100k',
      '999k',
      '1.00M',
      '123M',
      '9.01P',
    ]);
    for (let count = 0; count < 1e15; count = count * 1.37 + 1)
      assert.ok(formatShort(count).length <= 5, String(count));
  });

  it('have a sign where they are a distance, and none below 0 that is nothing', () => {
    assert.deepEqual([2.51, -0.3, -0.04, 0].map(formatSigned), ['+2.5', '-0.3', '+0.0', '+0.0']);
  });

  it('name a size in its unit', () => {
    const sizes = [0, 999, 1000, 163_904, 4_294_967_296];
    assert.deepEqual(sizes.map(formatBytes), ['0 B', '999 B', '1.00 kB', '164 kB', '4.29 GB']);
  });

  it('name a time span in its unit', () => {
    const spans = [-5, 840, 9949, 9951, 99_000, 120_000, 6e6, 172_800_000];
    assert.deepEqual(spans.map(formatSpan), ['0.0 s', '0.8 s', '9.9 s', '10 s', '99 s', '2 min', '2 h', '2 d']);
  });
});

describe('a text that is cut', () => {
  it('ends with a whole word, unless this is most of it', () => {
    const texts = ['12 duplicates ignored', '2 late hits, 1 lost', 'a unintelligible word', 'a word of 14 c'];
    assert.deepEqual(
      texts.map((text) => cut(text, 14)),
      ['12 duplicat...', '2 late...', 'a unintelli...', 'a word of 14 c'],
    );
  });
});

describe('channels with signs', () => {
  it('are named as far as they fit, with the number of the others', () => {
    const signs = new Array<ChannelSign>(64).fill('x').fill(' ', 0, 2).fill('^', 63);
    assert.deepEqual(
      [300, 12, 10, 5, 3, 2].map((width) => signedChannels(signs, width).slice(-12)),
      ['60 61 62 ^ 63', 'x 2 3 (+60)', 'x 2 (+61)', '61 x', '', ''].map((text) => text.slice(-12)),
    );
    assert.equal(signedChannels(new Array<ChannelSign>(64).fill(' '), 10), '');
    assert.equal(signedChannels([' ', 'x', '+', '-'], 5), 'x 1');
    assert.equal(signedChannels([' ', 'x', '+', '-'], 8), 'x 1 + 2');
  });
});

describe('measured values', () => {
  it('have two digits of their error and at most two decimals', () => {
    const style = { ascii: false };
    const texts = [[5.727, 0.87], [1.0, 0.98], [-0.004, 0.3], [1911.6, 10.4], [53.77, 0.0561], [7, 0]].map(([value, sigma]) =>
      formatMeasured(value, sigma, style),
    );
    assert.deepEqual(texts, ['5.73 ±0.87', '1.00 ±0.98', '0.00 ±0.30', '1912 ±10', '53.77 ±0.06', '7.0 ±0.0']);
    assert.equal(formatMeasured(390.2, 1.25, { ascii: true }), '390.2 +-1.3');
    assert.equal(formatPercent({ share: 0.942, low: 0.931, high: 0.952 }), '94.2 +1.0 -1.1');
  }); // prettier-ignore
});

describe('a list beside a name', () => {
  it('wraps, and counts what four lines do not hold', () => {
    const items = Array.from({ length: 30 }, (_, index) => `1:${index + 10}`);
    const lines = namedList('hot', items, 40).map(({ text }) => text);
    assert.deepEqual(lines.slice(0, 2), ['hot        1:10, 1:11, 1:12, 1:13, 1:14,', '           1:15, 1:16, 1:17, 1:18, 1:19,']);
    assert.equal(lines.length, 5);
    assert.equal(lines[4], '           and 10 more');
    assert.deepEqual(namedList('dead', [], 40), [{ text: 'dead       none', ink: 'plain' }]);
    assert.equal(namedList('dead', items.slice(0, 20), 40).length, 4);
  }); // prettier-ignore
});

describe('the time box', () => {
  const flat = { offsetNs: -250, binNs: 2.5, counts: Array.from({ length: 400 }, (_, bin) => (bin >= 102 && bin < 254 ? 40 : 1)) };
  const drawn = (counts: readonly number[], width: number): string[] => {
    const canvas = new Canvas({ width, height: 7 });
    const histogram = { ...flat, counts };
    const drift = { after: 'trigger', histogram, box: fitBox(histogram, 53.8) } as const;
    drawTimeBox(canvas, { chamber: 0, drift }, { color: 'none', ascii: true });
    return canvas.toLines({ color: 'none', ascii: true });
  };

  it('has brackets where the fitted edges are, in columns of whole bins', () => {
    const lines = drawn(flat.counts, 80);
    // Columns of 10 ns from -100 ns, behind a scale of six.
    assert.equal(lines.at(-1)?.indexOf('['), 6 + 10);
    assert.equal(lines.at(-1)?.indexOf(']'), 6 + 48);
    assert.match(lines[0], /^chamber 0 {2}6,328 drift times in ns, 120 outside/);
    assert.equal(lines[1].lastIndexOf('#'), 6 + 47);
  });

  it('shows the whole histogram where no edge is fitted or the box is elsewhere', () => {
    const moved = drawn([...flat.counts.slice(95), ...flat.counts.slice(0, 95)], 80);
    assert.match(moved[0], /^chamber 0 {2}6,328 drift times in ns(, \d+ outside)? /);
    assert.match(moved.at(-1) ?? '', /^ {6}[-0-9]*\[.*\].*700/);
    const few = drawn(flat.counts.map(() => 1), 80);
    assert.match(few[0], /no fit: few entries$/);
    assert.doesNotMatch(few.at(-1) ?? '', /[[\]]/);
  });
}); // prettier-ignore

describe('the first channel of a chamber', () => {
  const seen = (...channels: number[]): Totals => {
    const totals = emptyTotals();
    const histogram = { bin_edges: channels, hist_counts: channels.map((channel) => channel + 1) };
    addToTotals(totals, { hit_count: 0, hit_count_chamber: [0], tdc_counts_chamber: { 0: histogram } });
    return totals;
  };
  const said = (...channelFirst: number[]) => ({
    ...{ hit_count: 0, hit_count_chamber: [0], tdc_counts_chamber: {} },
    chambers: channelFirst.map((channel_first) => ({ fpga: 0, channel_first, channels: 64 })),
  });

  it('is as the messages say, else as given', () => {
    const totals = seen(70);
    assert.equal(channelFirstOf(totals, 0, [60]), 60);
    addToTotals(totals, said(50));
    addToTotals(totals, said(50));
    assert.equal(channelFirstOf(totals, 0, [60]), 50);
    addToTotals(totals, said(51));
    addToTotals(totals, said(50));
    assert.deepEqual([totals.common, channelFirstOf(totals, 0, [60])], ['different', 60]);
  });

  it('else is guessed from the channels seen', () => {
    assert.equal(channelFirstOf(seen(), 0), 0);
    assert.equal(channelFirstOf(seen(63), 0), 0);
    assert.equal(channelFirstOf(seen(64, 127), 0), 64);
    assert.equal(channelFirstOf(seen(50, 100), 0), 50);
    assert.equal(channelFirstOf(seen(10, 200), 0), 137);
  });

  it('shows all channels seen where 64 can', () => {
    const totals = seen(50, 100);
    const hits = channelWindow(totals.chambers[0].channelHits, channelFirstOf(totals, 0));
    assert.deepEqual([hits.length, hits.reduce((sum, count) => sum + count)], [64, 51 + 101]);
  });
});

describe('the style', () => {
  const utf8 = { TERM: 'tmux-256color', LANG: 'en_US.UTF-8' };

  it('has colours on a terminal unless NO_COLOR is set to something', () => {
    assert.deepEqual(resolveStyle({ env: utf8, isTerminal: true }), { color: '256', ascii: false, braille: false });
    assert.equal(resolveStyle({ env: { ...utf8, TERM: 'xterm' }, isTerminal: true }).color, '16');
    assert.equal(
      resolveStyle({ env: { ...utf8, TERM: 'xterm', COLORTERM: 'truecolor' }, isTerminal: true }).color,
      '256',
    );
    assert.equal(resolveStyle({ env: utf8, isTerminal: false }).color, 'none');
    assert.equal(resolveStyle({ env: { ...utf8, NO_COLOR: '1' }, isTerminal: true }).color, 'none');
    assert.equal(resolveStyle({ env: { ...utf8, NO_COLOR: '' }, isTerminal: true }).color, '256');
    assert.equal(resolveStyle({ env: { TERM: 'dumb' }, isTerminal: true }).color, 'none');
  });

  it('is ASCII on request, in a locale without UTF-8 and on a terminal without blocks', () => {
    assert.equal(resolveStyle({ env: utf8, isTerminal: true, ascii: true }).ascii, true);
    assert.equal(resolveStyle({ env: { TERM: 'xterm', LANG: 'C' }, isTerminal: true }).ascii, true);
    assert.equal(resolveStyle({ env: { TERM: 'xterm', LANG: 'C', LC_ALL: 'C.UTF-8' }, isTerminal: true }).ascii, false);
    assert.equal(resolveStyle({ env: { TERM: 'xterm' }, isTerminal: true }).ascii, false);
    assert.equal(resolveStyle({ env: { TERM: 'linux', LANG: 'C.UTF-8' }, isTerminal: true }).ascii, true);
  });

  it('has braille with --glyphs auto only, and never where there are no blocks', () => {
    const braille = (of: object): boolean | undefined => resolveStyle({ env: utf8, isTerminal: true, glyphs: 'auto', ...of }).braille;
    assert.equal(braille({}), true);
    assert.equal(braille({ glyphs: 'block' }), false);
    assert.equal(braille({ glyphs: 'ascii' }), false);
    assert.equal(braille({ ascii: true }), false);
    assert.equal(braille({ env: { TERM: 'xterm', LANG: 'C' } }), false);
    assert.equal(resolveStyle({ env: utf8, isTerminal: true, glyphs: 'ascii' }).ascii, true);
    assert.equal(resolveStyle({ env: utf8, isTerminal: true, glyphs: 'block' }).ascii, false);
  }); // prettier-ignore

  it('leaves the full screen to terminals that can have one', () => {
    const terminal = { env: utf8, inputIsTerminal: true, outputIsTerminal: true };
    assert.equal(screenRefusal(terminal), undefined);
    assert.match(screenRefusal({ ...terminal, outputIsTerminal: false }) ?? '', /stdout/);
    assert.match(screenRefusal({ ...terminal, inputIsTerminal: false }) ?? '', /stdin/);
    assert.match(screenRefusal({ ...terminal, env: { TERM: 'dumb' } }) ?? '', /"dumb"/);
  });
});
