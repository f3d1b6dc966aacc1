import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DtstreamError } from '../../errors.js';
import type { Transport } from '../../transport/transport.js';
import { startSubcommand, type SubcommandProcess } from '../child/subcommand-process.js';
import type { Console } from '../console/console.js';
import { openLog } from '../flags/log.js';
import { resultTopicsOf, rowsTopic, withPrefix } from '../flags/prefix.js';
import type { RunSettings } from './settings.js';

/** A child that has not ended by itself so long after a stop is killed. */
const stopMsMax = 15_000;

/**
 * A log for runs that leaves nothing behind: an embedded log in a folder of its own, or topics and groups of a Kafka under a
 * prefix of their own. The processes that work on it end with it.
 */
export class TemporaryLog {
  readonly log: Transport;
  /** Topics of the rows, of the messages and of rejected rows. */
  readonly topic: string;
  readonly results: string;
  readonly rejected: string;
  readonly #console: Console;
  readonly #settings: RunSettings;
  readonly #store: string | undefined;
  readonly #prefix: string | undefined;
  readonly #children: SubcommandProcess[] = [];
  readonly #atExit = (): void => this.#killAndRemove();

  static async open(console: Console, settings: RunSettings): Promise<TemporaryLog> {
    const { brokers, brokerWait, config, folder, prefix = '' } = settings;
    const store = brokers === undefined ? mkdtempSync(join(folder, 'dtstream-bench-')) : undefined;
    const own = `${prefix}dtstream-bench-${process.pid.toString(36)}-${Date.now().toString(36)}.`;
    try {
      const log = await openLog(console, {
        ...(brokers === undefined ? {} : { brokers, prefix: own }),
        ...(brokerWait === undefined ? {} : { brokerWait }),
        ...(config === undefined ? {} : { config }),
        store: store ?? '',
      });
      return new TemporaryLog(console, settings, { log, store, prefix: brokers === undefined ? undefined : own });
    } catch (error) {
      if (store !== undefined) rmSync(store, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    console: Console,
    settings: RunSettings,
    of: { readonly log: Transport; readonly store: string | undefined; readonly prefix: string | undefined },
  ) {
    this.#console = console;
    this.#settings = settings;
    this.log = of.log;
    this.#store = of.store;
    this.#prefix = of.prefix;
    this.topic = withPrefix(of.prefix, rowsTopic);
    ({ results: this.results, rejected: this.rejected } = resultTopicsOf(of));
    process.once('exit', this.#atExit);
  }

  /** What a folder or a broker has of it, for messages. */
  get place(): string {
    return this.#store === undefined ? `topics ${this.#prefix}* of ${this.log.name}` : `--store ${this.#store}`;
  }

  /** Processes that were started and not stopped. */
  get children(): readonly SubcommandProcess[] {
    return this.#children;
  }

  /** The name in the log of a group that a child is given by its short name. */
  group(name: string): string {
    return withPrefix(this.#prefix, name);
  }

  /** Creates the topics that a run reads and writes. @param retentionBytes of the rows; undefined = the default */
  async createTopics(partitions: number, retentionBytes?: number): Promise<void> {
    const once = { replicationFactor: 1, partitions: 1, writer: 'group' } as const;
    await this.log.createTopics([
      { topic: this.topic, partitions, replicationFactor: 1, ...(retentionBytes !== undefined && { retentionBytes }) },
      { topic: this.results, ...once },
      { topic: this.rejected, ...once },
    ]);
  }

  /** Starts a subcommand on this log. @param args the subcommand first */
  start(args: readonly (string | number)[], profileDir?: string): SubcommandProcess {
    const { brokers, config } = this.#settings;
    const own = brokers === undefined ? ['--store', this.#store ?? ''] : ['--brokers', brokers];
    if (this.#prefix !== undefined) own.push('--prefix', this.#prefix);
    if (config !== undefined) own.push('--config', resolve(config));
    const child = startSubcommand([...args.map(String), '--quiet', ...own], { stopMsMax, profileDir });
    this.#children.push(child);
    return child;
  }

  /** Forgets the processes that have ended. */
  forgetEnded(): void {
    const running = this.#children.filter(({ ended }) => !ended.aborted);
    this.#children.splice(0, Infinity, ...running);
  }

  /** Ends the processes, and removes all that they have written, unless the user wants to keep it. */
  async close(): Promise<void> {
    try {
      // A member that leaves its group need not be waited for; why a process has failed is told elsewhere.
      await Promise.allSettled(this.#children.map((child) => child.stop()));
      if (this.#settings.keep) this.#console.logLine(`kept: ${this.place}`);
      else if (this.#prefix !== undefined) await this.#deleteTopics(this.#prefix);
    } finally {
      await this.log.close();
      process.removeListener('exit', this.#atExit);
      this.#killAndRemove();
    }
  }

  async #deleteTopics(prefix: string): Promise<void> {
    try {
      await this.log.deleteNamed(prefix);
    } catch (error) {
      if (!(error instanceof DtstreamError)) throw error;
      this.#console.logLine(`cannot delete ${this.place}: ${error.message}`, 'warn');
    }
  }

  #killAndRemove(): void {
    for (const child of this.#children) child.kill();
    if (this.#store === undefined || this.#settings.keep) return;
    // A process that was killed a moment ago may still close its files.
    rmSync(this.#store, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  }
}
