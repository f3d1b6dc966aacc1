import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ProduceSummary } from '../../src/commands/produce/summary.js';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { recordsOf } from '../../src/transport/records-of.js';
import type { LogReader, Transport } from '../../src/transport/transport.js';
import { childEnvironment } from './child-environment.js';
import { dtstream, dtstreamWithMemory, peakMemoryBytes } from './program.js';
import { timedRun } from './timed-run.js';

const results = 'data_clean';
const firstMsMax = 120_000;

/** How produce went. */
export interface ProduceOutcome {
  readonly rowsPerSecond: number;
  readonly peakMemoryBytes: number;
  readonly summary: ProduceSummary;
}

/** How process went through a topic. */
export interface ProcessRun {
  readonly rowsPerSecond: number;
  readonly hitsPerSecond: number;
  /** From the first row of the first message to the end of the last one, by the messages. */
  readonly batchMs: number;
  readonly peakMemoryBytes: number;
}

/** Runs dtstream on a log, and measures. */
export class DtstreamRuns {
  readonly #log: Transport;
  readonly #logFlags: readonly string[];

  /** @param logFlags what names the log on the command line */
  static async open(log: Transport, logFlags: readonly string[]): Promise<DtstreamRuns> {
    const topics = [results, 'data_rejected'];
    await log.createTopics(
      topics.map((topic) => ({ topic, partitions: 1, replicationFactor: 1, writer: 'group' as const })),
    );
    return new DtstreamRuns(log, logFlags);
  }

  private constructor(log: Transport, logFlags: readonly string[]) {
    this.#log = log;
    this.#logFlags = logFlags;
  }

  /** Writes rows as fast as possible, unless flags say otherwise. */
  async produce(input: string | undefined, topic: string, ...flags: readonly string[]): Promise<ProduceOutcome> {
    const inputs = input === undefined ? [] : [input];
    const pace = flags.includes('--rate') ? [] : ['--rate', 'max'];
    const args = ['produce', ...inputs, '--quiet', '--summary', '--topic', topic, ...pace, ...flags, ...this.#logFlags];
    const { stdout } = await timedRun(dtstreamWithMemory(...args));
    const summary = JSON.parse(stdout.slice(0, stdout.indexOf('\n'))) as ProduceSummary;
    return {
      rowsPerSecond: (summary.rows / summary.elapsed_ms) * 1000,
      peakMemoryBytes: peakMemoryBytes(stdout),
      summary,
    };
  }

  /** Processes all rows of a topic in a group of its own, from a cold start. */
  async process(topic: string, ...flags: readonly string[]): Promise<ProcessRun> {
    const group = `bench-${randomUUID()}`;
    const reader = await this.#log.openReader(results, 'latest');
    try {
      const args = [
        'process',
        '--physics',
        'off',
        '--quiet',
        '--topic',
        topic,
        '--group',
        group,
        '--until-end',
        ...flags,
      ];
      const { stdout } = await timedRun(dtstreamWithMemory(...args, ...this.#logFlags));
      const messages = await newMessages(reader, group);
      const startMs = Math.min(...messages.map(({ batch }) => Date.parse(batch.opened)));
      const endMs = Math.max(...messages.map(({ batch }) => Date.parse(batch.closed)));
      const seconds = (endMs - startMs) / 1000;
      const rows = messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0);
      const hits = messages.reduce((sum, { hit_count }) => sum + hit_count, 0);
      return {
        rowsPerSecond: rows / seconds,
        hitsPerSecond: hits / seconds,
        batchMs: (endMs - startMs) / messages.length,
        peakMemoryBytes: peakMemoryBytes(stdout),
      };
    } finally {
      await reader.close();
    }
  }

  /** Seconds from the start of process to its first message, in a new group and with produce beside it. */
  async firstMessageSeconds(
    topic: string,
    { rowsPerSecond, partitions }: { readonly rowsPerSecond: number; readonly partitions: number },
  ): Promise<number> {
    const group = `bench-${randomUUID()}`;
    const rate = ['--rate', String(rowsPerSecond), '--partitions', String(partitions)];
    const producer = this.#start(['produce', ...rate, '--topic', topic]);
    const produced = outcome(producer);
    const reader = await this.#log.openReader(results, 'latest');
    const startMs = performance.now();
    const child = this.#start(['process', '--physics', 'off', '--topic', topic, '--group', group]);
    const processed = outcome(child);
    try {
      while ((await newMessages(reader, group, 100)).length === 0) {
        if (performance.now() - startMs > firstMsMax) throw new Error('process has published nothing in two minutes');
      }
      return (performance.now() - startMs) / 1000;
    } finally {
      child.kill('SIGTERM');
      producer.kill('SIGTERM');
      await Promise.all([processed, produced, reader.close()]);
    }
  }

  #start(args: readonly string[]): ChildProcess {
    const [command, ...rest] = dtstream(...args, ...this.#logFlags);
    return spawn(command, rest, {
      env: { ...childEnvironment(), NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
}

/** What a process said on stderr. @throws Error when it does not end with 0 */
async function outcome(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('a child must have its pipes');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} must exit with 0, got ${code}: ${said}`);
  return said;
}

/** Messages of a group up to the current end; waits for the first ones. */
async function newMessages(reader: LogReader, group: string, waitMs = 0): Promise<BatchMessage[]> {
  const messages: BatchMessage[] = [];
  const [{ end }] = await reader.bounds();
  do {
    const batches = await reader.read({ bytesMax: 1 << 20, waitMs: Math.max(waitMs, 10) });
    for (const { value } of batches.flatMap((batch) => [...recordsOf(batch)])) {
      const message = JSON.parse(Buffer.from(value).toString()) as BatchMessage;
      if (message.producer.startsWith(`${group}/`)) messages.push(message);
    }
  } while ((reader.positions().get(0) ?? 0) < end);
  return messages;
}
