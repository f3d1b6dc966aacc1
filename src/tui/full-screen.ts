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

export function openFullScreen(terminal: Terminal): FullScreen {
  const { input, output } = terminal;
  const program = blessed.program({ input, output, ...programOptions() });
  const screen = blessed.screen({ program, forceUnicode: true, fullUnicode: false });
  // Line drawing as Unicode, not through the alternate character set, which some terminals lack.
  const tput: unknown = Reflect.get(program, 'tput');
  if (typeof tput === 'object' && tput !== null) Reflect.set(tput, 'brokenACS', true);
  // One box: its content is text, never markup.
  const box = blessed.box({ parent: screen, top: 0, left: 0, width: '100%', height: '100%', tags: false, wrap: false });
  return {
    screen,
    show(lines) {
      box.setContent(lines.join('\n'));
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

/** What blessed takes to be on the terminal, `olines`: cells of attribute and character. */
function forgetCells(screen: blessed.Widgets.Screen): void {
  const rows: unknown = Reflect.get(screen, 'olines');
  if (!Array.isArray(rows)) return;
  for (const row of rows as { [x: number]: [number, string]; length: number }[]) {
    for (let x = 0; x < row.length; x++) row[x][1] = noCell;
  }
  const lines: unknown = Reflect.get(screen, 'lines');
  for (const line of Array.isArray(lines) ? (lines as object[]) : []) Reflect.set(line, 'dirty', true);
}

/** Calls a method that blessed's types do not have. */
function call(screen: blessed.Widgets.Screen, name: 'enter' | 'leave'): void {
  const method: unknown = Reflect.get(screen, name);
  if (typeof method === 'function') Reflect.apply(method, screen, []);
}

/**
 * Blessed always gets the terminal description that it ships with, regardless of `TERM`: it cannot compile every
 * description of today's systems, and every terminal that passes `screenRefusal` supports these few sequences.
 */
function programOptions(): object {
  const terminal = createRequire(import.meta.url).resolve('blessed/usr/xterm-256color');
  return { terminal, buffer: true, zero: true, resizeTimeout: 50 };
}
