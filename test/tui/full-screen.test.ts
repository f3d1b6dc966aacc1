import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { before, describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { type FullScreen, openFullScreen } from '../../src/tui/full-screen.js';
import { renderScreen } from '../../src/tui/pages/render-screen.js';
import type { Page } from '../../src/tui/pages/view.js';
import type { Terminal } from '../../src/tui/terminal.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { pageInput, sampleScreen, type SampleScreen } from './pages/sample-page.js';

/** Of a change of page at 120x40. */
const changeBytesMax = 12_000;
const pages: readonly Page[] = ['overview', 'occupancy', 'activity', 'timing', 'cells', 'health'];
const size = { width: 120, height: 40 };

/** A terminal whose cells can be looked at. */
class SeenTerminal {
  readonly #terminal = new xterm.Terminal({ cols: size.width, rows: size.height, allowProposedApi: true });
  readonly #output: Writable;
  readonly screen: FullScreen;
  bytes = 0;

  constructor(t: Pick<TestContext, 'after'>) {
    const write = (part: Buffer, _encoding: string, done: () => void): void => {
      this.bytes += part.length;
      this.#terminal.write(part, done);
    };
    this.#output = new Writable({ write, decodeStrings: true });
    const output = Object.assign(this.#output, { isTTY: true, columns: size.width, rows: size.height });
    const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => input });
    this.screen = openFullScreen({ input, output } as unknown as Terminal);
    t.after(() => {
      this.screen.screen.destroy();
      this.#terminal.dispose();
    });
  }

  /** Shows lines, and resolves when the terminal has them. */
  async show(lines: readonly string[]): Promise<void> {
    this.screen.show(lines);
    do await setImmediate();
    while (this.#output.writableLength > 0);
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
  }

  /** Character, colours and attributes of each cell, a line a row. */
  get cells(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: size.height }, (_, y) => {
      const line = active.getLine(y);
      return Array.from({ length: size.width }, (_, x) => {
        const cell = line?.getCell(x);
        const ink = cell && [cell.getFgColor(), cell.getBgColor(), cell.isBold(), cell.isInverse()].join(',');
        return `${cell?.getChars() === '' ? ' ' : (cell?.getChars() ?? '')}${ink ?? ''}`;
      }).join('|');
    });
  }
}

describe('the whole screen', () => {
  let sample: SampleScreen;
  before(async () => {
    sample = await sampleScreen();
  });
  const linesOf = (page: Page): string[] =>
    renderScreen(pageInput(sample, page), { ...size, style: { color: '256', ascii: false } });

  it('takes 12 kB at most for a change of page at 120x40', async (t) => {
    const terminal = new SeenTerminal(t);
    for (const from of pages) {
      for (const to of pages) {
        await terminal.show(linesOf(from));
        terminal.bytes = 0;
        await terminal.show(linesOf(to));
        assert.ok(terminal.bytes <= changeBytesMax, `${from} to ${to}: ${terminal.bytes} bytes`);
      }
    }
  });

  it('shows each frame as a terminal does that has shown no other before', async (t) => {
    const [one, other] = [new SeenTerminal(t), new SeenTerminal(t)];
    const piece = fc.tuple(
      fc.constantFrom('', '\x1b[1m', '\x1b[38;5;75m', '\x1b[7m'),
      fc.stringMatching(/^[ a▓]{0,9}$/),
    );
    const line = fc.array(piece, { maxLength: 12 });
    const frame = fc.array(line, { minLength: 1, maxLength: size.height });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 4 }), async (frames) => {
        const texts = frames.map((of) =>
          of.map((pieces) => pieces.map(([ink, text]) => `${ink}${text}\x1b[0m`).join('')),
        );
        for (const lines of texts) await one.show(lines);
        other.screen.forget();
        await other.show(texts.at(-1) ?? []);
        assert.deepEqual(one.cells, other.cells);
      }),
      { numRuns: casesOf(40) },
    );
  });
});
