import type { ReadStream, WriteStream } from 'node:tty';

/**
 * Why no full screen can be drawn, in words for the user, or undefined when one can: keys need a terminal to come from,
 * frames one to go to, and it must move its cursor.
 */
export function screenRefusal(terminal: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
}): string | undefined {
  if (!terminal.outputIsTerminal) return 'stdout is not a terminal';
  if (!terminal.inputIsTerminal) return 'stdin is not a terminal';
  const term = terminal.env.TERM ?? '';
  if (process.platform !== 'win32' && /^(|dumb|unknown|emacs)$/.test(term)) {
    return `the terminal cannot move its cursor (TERM is ${JSON.stringify(term)})`;
  }
  return undefined;
}

/**
 * Chooses whether writes to a terminal wait for it. Node makes them wait; a screen must not, because a terminal that
 * stands still would stop the sums with it. The last writes must wait, or they are lost when the process ends.
 */
export function setBlocking(output: WriteStream, isBlocking: boolean): void {
  const handle: unknown = Reflect.get(output, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const set: unknown = Reflect.get(handle, 'setBlocking');
  if (typeof set === 'function') Reflect.apply(set, handle, [isBlocking]);
}

/** The streams of a terminal. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
}
