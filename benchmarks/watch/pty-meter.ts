import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type Page, pages } from '../../src/tui/pages/view.js';
import { childEnvironment } from '../common/child-environment.js';
import { dtstream } from '../common/program.js';
import { inTemporaryFolder } from '../common/temporary-folder.js';
import { screenLines } from './screen-lines.js';

/** A size of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What is timed at its first sight: the line of pages, and data in the first line. */
type Mark = 'frame' | 'data';
const frameText = 'overview';
const dataText = 'LIVE';

/** What is done with the program, in order; seconds. `pty_meter.py` says more. */
export type Step =
  | { readonly wait: number }
  | { readonly until: Mark; readonly within: number }
  | { readonly type: string; readonly within: number }
  | { readonly span: number }
  | { readonly memory: true }
  | { readonly write: string; readonly to: string }
  | { readonly await: string; readonly within: number };

/** The key of a page. */
export function keyOf(page: Page): string {
  return String(pages.indexOf(page) + 1);
}

/** Keys that lead from the first page through all others and back. */
export const keysThroughPages: readonly string[] = [...pages.slice(1), pages[0]].map(keyOf);

const bytes = z.int().min(0);
const keySchema = z.object({ key: z.string(), ms: z.number().nullable(), bytes });
const spanSchema = z.object({ seconds: z.number(), cpuSeconds: z.number(), bytes, frames: z.int().min(0) });
const memorySchema = z.object({ rss: bytes, peak: bytes, anonymous: bytes, file: bytes });
const resultSchema = z.object({
  code: z.int().nullable(),
  endedEarly: z.boolean(),
  seenMs: z.object({ frame: z.number().optional(), data: z.number().optional() }),
  keys: z.array(keySchema),
  spans: z.array(spanSchema),
  memories: z.array(memorySchema),
});
/** A key: time until the last byte of its frame, null without one; bytes that came within the time of its step. */
export type TypedKey = z.infer<typeof keySchema>;
/** What a program took over a span: processor time of all its threads; bytes and frames that it wrote. */
export type MeasuredSpan = z.infer<typeof spanSchema>;
/** Resident memory and its peak, and what of it is the program's own and of files, in bytes. */
export type MeasuredMemory = z.infer<typeof memorySchema>;

/** What was measured of a program in a terminal. */
export interface MeasuredWatch extends z.infer<typeof resultSchema> {
  /** The lines of the screen before it was quit. */
  readonly screen: readonly string[];
}

const meter = 'benchmarks/watch/pty_meter.py';

/**
 * Runs `dtstream watch` in a terminal, and measures.
 *
 * @param data what the first line says once there are data
 * @throws Error when it ends by itself, or does not end with 0 when it is quit
 */
export function measureWatch(
  flags: readonly string[],
  size: Size,
  steps: readonly Step[],
  data: string = dataText,
): Promise<MeasuredWatch> {
  return inTemporaryFolder(async (folder) => {
    const output = join(folder, 'output');
    const plan = JSON.stringify({ ...size, output, marks: { frame: frameText, data }, steps });
    const command = dtstream('watch', ...flags);
    const child = spawn('python3', [meter, plan, ...command], {
      env: terminalEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
    if (code !== 0) throw new Error(`${meter} must exit with 0, got ${code}`);
    const result = resultSchema.parse(JSON.parse(said));
    const screen = await screenLines(readFileSync(output), size);
    if (result.endedEarly || result.code !== 0) {
      throw new Error(
        `${command.join(' ')} must run until q and exit with 0, got ${result.code}:\n${screen.join('\n')}`,
      );
    }
    return { ...result, screen };
  });
}

/** The terminal that most users have, whatever this process runs in. */
function terminalEnvironment(): NodeJS.ProcessEnv {
  const unset = { NO_COLOR: undefined, COLORTERM: undefined, TMUX: undefined };
  return { ...childEnvironment(), ...unset, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
}
