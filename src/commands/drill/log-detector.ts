import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DtstreamError } from '../../errors.js';
import { readWholeMessage } from '../../results/whole-message.js';
import { type Fault, textOf } from '../../sources/faults/fault.js';
import type { SourceFormat } from '../../sources/hit-source.js';
import { startSubcommand } from '../child/subcommand-process.js';
import type { Console } from '../console/console.js';
import { openLog } from '../flags/log.js';
import { resultsTopic } from '../flags/prefix.js';
import { simulatorSettings } from '../flags/simulator.js';
import { followMessages } from '../watch/follow.js';
import { type DetectorOptions, rowsPerSecond, type TimedMessage } from './detector-run.js';
import { type FaultLine, faultLineOf } from './fault-line.js';

/** A child that has not ended so long after a stop is killed. */
const stopMsMax = 15_000;

export interface LogRunOptions {
  readonly fault: Fault;
  readonly format: SourceFormat;
  readonly untilS: number;
  readonly rateFactor: number;
}

/**
 * A simulated detector with a log on disk behind it, in a folder that is removed:
 *
 *     produce --rate max --fault … ──► data_raw ──► process --until-end ──► data_clean ──► messages
 */
export class LogDetector {
  readonly #console: Console;
  readonly #config: string | undefined;
  readonly #signal: AbortSignal;

  constructor(console: Console, of: { readonly config: string | undefined; readonly signal: AbortSignal }) {
    this.#console = console;
    this.#config = of.config;
    this.#signal = of.signal;
  }

  /** @returns messages of what was written before the signal, and the line of the truth */
  async run(
    simulator: DetectorOptions,
    { fault, format, untilS, rateFactor }: LogRunOptions,
  ): Promise<{ readonly messages: readonly TimedMessage[]; readonly line: FaultLine }> {
    const folder = mkdtempSync(join(tmpdir(), 'dtstream-drill-'));
    // A process that was killed a moment ago may still close its files.
    const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
    process.once('exit', remove);
    try {
      const store = join(folder, 'store');
      const truth = join(folder, 'truth.jsonl');
      const config = this.#config === undefined ? [] : ['--config', resolve(this.#config)];
      const shared = ['--quiet', '--store', store, ...config];
      const rows = Math.ceil(rowsPerSecond * rateFactor * untilS);
      await this.#finish([
        ...['produce', ...shared, '--rate', 'max', '--limit', String(rows), '--sim', simText(simulator)],
        ...['--encoding', format, '--rows-per-message', '64', '--fault', textOf(fault), '--truth', truth],
      ]);
      const batchRows = String(Math.round(rowsPerSecond * rateFactor));
      await this.#finish(['process', ...shared, '--until-end', '--batch-rows', batchRows]);
      const lines = readFileSync(truth, 'utf8').trim().split('\n');
      const line = faultLineOf(lines.map((text): unknown => JSON.parse(text)));
      return { messages: await this.#read(store), line };
    } finally {
      process.removeListener('exit', remove);
      remove();
    }
  }

  async #finish(words: readonly string[]): Promise<void> {
    const child = startSubcommand(words, { stopMsMax });
    // Its failure is told below.
    const stop = (): void => void child.stop().catch(() => undefined);
    const kill = (): void => child.kill();
    this.#signal.addEventListener('abort', stop);
    process.once('exit', kill);
    if (this.#signal.aborted) stop();
    try {
      await child.finished();
    } finally {
      this.#signal.removeEventListener('abort', stop);
      process.removeListener('exit', kill);
    }
  }

  async #read(store: string): Promise<TimedMessage[]> {
    const messages: TimedMessage[] = [];
    let atS = 0;
    const sink = {
      take: (value: Uint8Array): void => {
        const read = readWholeMessage(value);
        if ('unreadable' in read) throw new DtstreamError('input', `cannot read a message: ${read.unreadable}`);
        const { message } = read;
        atS += message.physics?.live_s ?? 0;
        messages.push({ message, atS });
      },
      progress: () => undefined,
      waiting: () => undefined,
      beginAnew: () => undefined,
    };
    const { signal } = new AbortController();
    const open = () => openLog(this.#console, { store }, { create: false });
    await followMessages(open, sink, { topic: resultsTopic, from: 'earliest', untilEnd: true, waits: false, signal });
    return messages;
  }
}

/** Options as `--sim` takes them. */
function simText(options: DetectorOptions): string {
  const words = new Map(simulatorSettings.map(({ name, word }) => [name, word]));
  return Object.entries(options)
    .map(([name, value]) => `${words.get(name)}=${value}`)
    .join();
}
