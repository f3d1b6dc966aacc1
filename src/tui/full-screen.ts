import { createRequire } from 'node:module';
import blessed from 'blessed';
import type { Terminal } from './terminal.js';

/** A terminal that is taken over as a whole: alternate screen, no cursor, keys as they are pressed. */
export interface FullScreen {
  readonly screen: blessed.Widgets.Screen;
  /** Shows lines, over the whole screen. */
  readonly show: (lines: readonly string[]) => void;
  /** Makes the next {@link show} write every cell: another program may have written on the terminal. */
  readonly forget: () => void;
  /** Gives the terminal back as it was, until {@link take}. */
  readonly leave: () => void;
  /** Takes the terminal, also one that is not as this process has left it. */
  readonly take: () => void;
}

/** A character that no cell has. */
const noCell = '\0';
/** `ESC [ 1 C` */
const moveBytes = 4;

export function openFullScreen(terminal: Terminal): FullScreen {
  const { input, output } = terminal;
  const program = blessed.program({ input, output, ...programOptions() });
  const screen = blessed.screen({ program, forceUnicode: true, fullUnicode: false, useBCE: true });
  // Line drawing as Unicode, not through the alternate character set, which some terminals lack.
  const tput: unknown = Reflect.get(program, 'tput');
  if (typeof tput === 'object' && tput !== null) Reflect.set(tput, 'brokenACS', true);
  const draw = screen.draw.bind(screen);
  screen.draw = (start, end) => {
    closeGaps(screen);
    draw(start, end);
  };
  let last: { readonly lines: readonly string[]; readonly rows: readonly Line[] } | undefined;
  return {
    screen,
    show(lines) {
      // Blessed makes other rows for another size.
      const rows = linesOf(screen, 'lines');
      for (const [y, row] of rows.entries())
        if (last?.rows !== rows || last.lines[y] !== lines[y]) fillRow(screen, row, lines[y] ?? '');
      last = { lines, rows };
      screen.render();
    },
    forget: () => forgetCells(screen),
    leave() {
      call(screen, 'leave');
      input.setRawMode(false);
    },
    take() {
      // Node does not set a mode that it has set before, and a shell may have set another one since.
      input.setRawMode(false);
      input.setRawMode(true);
      Reflect.set(program, 'isAlt', false);
      call(screen, 'enter');
      forgetCells(screen);
    },
  };
}

/** Cells of a line, as blessed has them. */
interface Line {
  [x: number]: [attribute: number, character: string];
  readonly length: number;
  dirty: boolean;
}

/** The lines that blessed takes to be on the terminal, or that it will draw. */
function linesOf(screen: blessed.Widgets.Screen, which: 'olines' | 'lines'): readonly Line[] {
  const lines: unknown = Reflect.get(screen, which);
  return Array.isArray(lines) ? (lines as Line[]) : [];
}

const escape = '\x1b';

/**
 * Writes a line over a row: a character is a cell, an escape sequence is SGR. An element of blessed would parse all lines
 * for each frame, and mark rows as changed that are as before.
 */
function fillRow(screen: blessed.Widgets.Screen, row: Line, line: string): void {
  const plain = Number(Reflect.get(screen, 'dattr'));
  let attribute = plain;
  let x = 0;
  const put = (character: string): void => {
    const cell = row[x++];
    if (cell[0] === attribute && cell[1] === character) return;
    cell[0] = attribute;
    cell[1] = character;
    row.dirty = true;
  };
  for (let at = 0; at < line.length && x < row.length; at++) {
    if (line[at] !== escape) {
      put(line[at]);
      continue;
    }
    const end = line.indexOf('m', at);
    if (end < 0) break;
    attribute = Number(call(screen, 'attrCode', line.slice(at, end + 1), attribute, plain));
    at = end;
  }
  attribute = plain;
  while (x < row.length) put(' ');
}

function forgetCells(screen: blessed.Widgets.Screen): void {
  for (const line of linesOf(screen, 'olines')) for (let x = 0; x < line.length; x++) line[x][1] = noCell;
  for (const line of linesOf(screen, 'lines')) line.dirty = true;
}

/**
 * Unchanged cells between two changed ones are written, too, where that takes fewer bytes than a move of the cursor:
 * those of a page that is left stand between those of the next one.
 */
function closeGaps(screen: blessed.Widgets.Screen): void {
  const shown = linesOf(screen, 'olines');
  for (const [y, line] of linesOf(screen, 'lines').entries()) {
    if (!line.dirty) continue;
    const before = shown[y];
    const isChanged = (x: number): boolean => line[x][0] !== before[x][0] || line[x][1] !== before[x][1];
    // End of the last stretch of changed cells.
    let end = 0;
    for (let x = 0; x < line.length; x++) {
      if (!isChanged(x)) continue;
      if (end > 0 && isCheap(line, end, x)) for (let at = end; at < x; at++) before[at][1] = noCell;
      end = x + 1;
    }
  }
}

/** Whether cells take fewer bytes than a move, and no attribute that is not written for the cells beside them anyway. */
function isCheap(line: Line, from: number, to: number): boolean {
  if (to - from >= moveBytes) return false;
  let at = from;
  while (at < to && line[at][0] === line[from - 1][0]) at++;
  while (at < to && line[at][0] === line[to][0]) at++;
  let bytes = 0;
  for (let x = from; x < to; x++) bytes += Buffer.byteLength(line[x][1]);
  return at === to && bytes < moveBytes;
}

/** Calls a method that blessed's types do not have. */
function call(screen: blessed.Widgets.Screen, name: 'enter' | 'leave' | 'attrCode', ...values: unknown[]): unknown {
  const method: unknown = Reflect.get(screen, name);
  return typeof method === 'function' ? Reflect.apply(method, screen, values) : undefined;
}

/**
 * Blessed always gets the terminal description that it ships with, regardless of `TERM`: it cannot compile every
 * description of today's systems, and every terminal that passes `screenRefusal` supports these few sequences.
 */
function programOptions(): object {
  const terminal = createRequire(import.meta.url).resolve('blessed/usr/xterm-256color');
  return { terminal, buffer: true, zero: true, resizeTimeout: 50 };
}
