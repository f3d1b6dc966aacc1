import xterm from '@xterm/headless';
import type { Size } from './pty-meter.js';

/** The lines that a terminal shows after it got these bytes. */
export async function screenLines(output: Uint8Array, { columns, rows }: Size): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  try {
    await new Promise<void>((resolve) => terminal.write(output, resolve));
    const { active } = terminal.buffer;
    return Array.from({ length: rows }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
  } finally {
    terminal.dispose();
  }
}
