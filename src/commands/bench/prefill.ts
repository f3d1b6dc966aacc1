import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Configuration, configurationText } from '../../experiment/runs/configuration.js';
import type { Usage } from '../../experiment/measure/judge-run.js';
import { DtstreamError } from '../../errors.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';
import { Progress } from '../console/progress.js';
import type { ProduceSummary } from '../produce/summary.js';
import { formArgs, produceArgs } from './run-args.js';
import type { RunSettings } from './settings.js';
import { TemporaryLog } from './temporary-log.js';

/** What topics are filled with. */
export interface DrainSettings {
  readonly rows: number;
  /** Absolute names of files, repeated as often as it takes; none = simulated rows. */
  readonly inputs: readonly string[];
  /** Fill a new topic before every run. */
  readonly isFilledAgain: boolean;
}

/** A topic filled with rows. */
export interface FilledTopic {
  readonly log: TemporaryLog;
  /** Filling it: produce alone, as fast as possible. */
  readonly fill: { readonly rowsPerSecond: number; readonly usage: Usage };
}

/** What a row takes on disk at most, about: CSV text or a word, its place in a message, and the pages of the log. */
const rowBytes = { csv: 64, words: 16 } as const;
const messageBytes = 24;
/** A folder must have this much more room than the rows take. */
const spareShare = 1.25;
/** The embedded log deletes old rows beyond this multiple of their size, which they never reach. */
const retentionShare = 4;
const retentionBytesMin = 1e9;
const lookMs = 500;

/** Estimate of the bytes of filled topics. */
function filledBytes(rows: number, { encoding, rowsPerMessage }: Configuration): number {
  return rows * (rowBytes[encoding] + messageBytes / rowsPerMessage);
}

/** Configurations with the same key read the same topic. */
function fillKey({ partitions, rowsPerMessage, encoding }: Configuration): string {
  return `${partitions} ${rowsPerMessage} ${encoding}`;
}

/** Topics that are filled once and read by many runs, each in a group of its own. */
export class PrefilledTopics {
  readonly #console: Console;
  readonly #settings: RunSettings;
  readonly #drain: DrainSettings;
  readonly #quiet: boolean;
  readonly #filled = new Map<string, FilledTopic>();

  constructor(console: Console, settings: RunSettings, drain: DrainSettings, quiet: boolean) {
    this.#console = console;
    this.#settings = settings;
    this.#drain = drain;
    this.#quiet = quiet;
  }

  /**
   * Says how much the topics of these configurations take, before the first one is filled.
   *
   * @throws DtstreamError `limit` when the folder has not the room
   */
  async checkRoom(configurations: readonly Configuration[]): Promise<void> {
    const { rows, isFilledAgain } = this.#drain;
    const topics = [...new Map(configurations.map((one) => [fillKey(one), one])).values()];
    const sizes = topics.map((one) => filledBytes(rows, one));
    const bytes = isFilledAgain ? Math.max(0, ...sizes) : sizes.reduce((sum, size) => sum + size, 0);
    const { brokers, folder } = this.#settings;
    const where = brokers === undefined ? folder : `Kafka ${brokers}`;
    if (topics.length > 0 && !this.#quiet) {
      const many = `${countOf(topics.length, 'topic')} of ${countOf(rows, 'row')}`;
      this.#console.logLine(`to fill: ${many}, at most about ${sizeText(bytes)} in ${where}`);
    }
    if (brokers !== undefined) return;
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= bytes * spareShare) return;
    const rule = `${folder} must have ${sizeText(bytes * spareShare)} free, got ${sizeText(bavail * bsize)}`;
    throw new DtstreamError('limit', `cannot fill the topics: ${rule}; use fewer rows or another --folder`);
  }

  /** The topic for a configuration, filled by now. */
  async topicFor(configuration: Configuration, signal: AbortSignal): Promise<FilledTopic> {
    const key = fillKey(configuration);
    const found = this.#filled.get(key);
    if (found !== undefined) return found;
    const log = await TemporaryLog.open(this.#console, this.#settings);
    if (!this.#quiet) {
      const text = configurationText(configuration, ['partitions', 'rowsPerMessage', 'encoding']);
      this.#console.logLine(`filling a topic: ${text}`);
    }
    try {
      const filled = { log, fill: await this.#fill(log, configuration, signal) };
      this.#filled.set(key, filled);
      return filled;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** To be called after a run: with `--fill` its topic is not used again. */
  async release(configuration: Configuration): Promise<void> {
    if (!this.#drain.isFilledAgain) return;
    const key = fillKey(configuration);
    await this.#filled.get(key)?.log.close();
    this.#filled.delete(key);
  }

  async close(): Promise<void> {
    for (const { log } of this.#filled.values()) await log.close();
    this.#filled.clear();
  }

  async #fill(log: TemporaryLog, configuration: Configuration, signal: AbortSignal): Promise<FilledTopic['fill']> {
    const { rows, inputs } = this.#drain;
    await log.createTopics(configuration.partitions, this.#retentionBytes(configuration));
    const form = { ...configuration, rate: 'max' } as const;
    const args =
      inputs.length === 0 ? produceArgs(form, this.#settings) : ['produce', ...inputs, '--loop', ...formArgs(form)];
    const producer = log.start([...args, '--limit', rows]);
    await this.#showRows(log, configuration, AbortSignal.any([signal, producer.ended]));
    if (signal.aborted) throw new DtstreamError('transport', 'stopped');
    const { stdout, usage } = await producer.finished();
    log.forgetEnded();
    const summary = JSON.parse(stdout) as ProduceSummary;
    if (summary.rows !== rows) {
      throw new DtstreamError('input', `cannot fill the topic: it must hold ${rows} rows, got ${summary.rows}`);
    }
    return { rowsPerSecond: (summary.rows / summary.elapsed_ms) * 1000, usage };
  }

  #retentionBytes(configuration: Configuration): number | undefined {
    if (this.#settings.brokers !== undefined) return undefined;
    return Math.max(retentionBytesMin, Math.ceil(retentionShare * filledBytes(this.#drain.rows, configuration)));
  }

  /** Shows how far filling is until it is over. */
  async #showRows(log: TemporaryLog, { rowsPerMessage }: Configuration, over: AbortSignal): Promise<void> {
    const { rows: wanted } = this.#drain;
    const progress = new Progress(this.#console, this.#quiet);
    while (!over.aborted) {
      await delay(lookMs, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) break;
      const [topic] = await log.log.topics([log.topic]);
      const messages = topic.partitions.reduce((sum, { end }) => sum + end, 0);
      const rows = Math.min(wanted, messages * rowsPerMessage);
      progress.show({ rows, share: rows / wanted });
    }
    progress.end();
  }
}

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
