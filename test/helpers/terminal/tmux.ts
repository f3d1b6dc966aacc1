import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const hasTmux = process.platform !== 'win32' && spawnSync('tmux', ['-V']).status === 0;
/** For tests that need a terminal: why they are skipped, or false. */
export const withoutTmux = hasTmux ? false : 'tmux is not installed';

/** Socket of a server of this test process alone. */
const server = join(tmpdir(), `dtstream-test-${process.pid}`);
const untilMs = 30_000;

function tmux(...args: string[]): string {
  return execFileSync('tmux', ['-S', server, '-f', '/dev/null', ...args], { encoding: 'utf8' });
}

/** Ends all terminals of this test process. */
export function closeTerminals(): void {
  spawnSync('tmux', ['-S', server, 'kill-server']);
  rmSync(server, { force: true });
}

/** A shell in a terminal, and what a user can do and see there. */
export interface TestTerminal {
  readonly press: (...keys: string[]) => void;
  /** Types a line and presses Enter. */
  readonly type: (line: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Writes on the terminal as another process does, a broadcast say. */
  readonly scribble: (text: string) => void;
  /** What is on the screen. */
  readonly text: () => string;
  /** Whether the alternate screen, the cursor and the mouse are on: `0 1 0` in a terminal at rest. */
  readonly flags: () => string;
  /** The first screen that matches; fails with the last one seen when none does. */
  readonly until: (pattern: RegExp) => Promise<string>;
}

/**
 * Opens a terminal with a shell in it.
 *
 * @param name unique in the test process
 */
export function openTerminal(
  name: string,
  options: { readonly columns?: number; readonly rows?: number; readonly env?: Readonly<Record<string, string>> } = {},
): TestTerminal {
  const { columns = 80, rows = 24, env = {} } = options;
  const variables = Object.entries({ LC_ALL: 'C.UTF-8', ...env }).map(([key, value]) => `${key}='${value}'`);
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', '-s', name, ...size, `env ${variables.join(' ')} sh`);
  const text = (): string => tmux('capture-pane', '-p', '-t', name);
  return {
    press: (...keys) => void tmux('send-keys', '-t', name, ...keys),
    type: (line) => void tmux('send-keys', '-t', name, line, 'Enter'),
    resize: (width, height) => void tmux('resize-window', '-t', name, '-x', String(width), '-y', String(height)),
    scribble: (scribbled) => writeFileSync(tmux('display', '-p', '-t', name, '#{pane_tty}').trim(), scribbled),
    text,
    flags: () => tmux('display', '-p', '-t', name, '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim(),
    until: async (pattern) => {
      const deadlineMs = Date.now() + untilMs;
      for (;;) {
        const seen = text();
        if (pattern.test(seen)) return seen;
        if (Date.now() > deadlineMs) assert.fail(`the screen never matched ${String(pattern)}:\n${seen}`);
        await delay(30);
      }
    },
  };
}

/** A command line that runs a program and then says its exit code and whether the terminal is set as before. */
export function checkedCommand(command: string): string {
  return `clear; before=$(stty -g); ${command}; echo rc=$?; [ "$before" = "$(stty -g)" ] && echo stty as before`;
}
