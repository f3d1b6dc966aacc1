import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BatchMessage, Ledger } from '../../src/domain/batch-message.js';
import type { LogReader, Transport } from '../../src/transport/transport.js';
import { messagesOf, runCli, type RunningCli, startCli, summaryOf } from '../helpers/cli.js';
import { assertMessageLaws } from '../helpers/message-laws.js';
import { readToEnd } from '../transport/records.js';

/** Rows of one file through a broker: a topic and a group of their own, real processes, and the recount at the end. */
export class KafkaPipeline {
  readonly topic = `raw-${randomUUID()}`;
  readonly group = `group-${randomUUID()}`;
  readonly #brokers: string;
  readonly #log: Transport;
  readonly #input: string;
  readonly #flags: readonly string[];
  readonly #processes: RunningCli[] = [];

  /** @param flags of every `process`, such as `--lanes 2` */
  constructor(at: { brokers: string; log: Transport; input: string; flags?: readonly string[] }) {
    this.#brokers = at.brokers;
    this.#log = at.log;
    this.#input = at.input;
    this.#flags = at.flags ?? [];
  }

  /** Starts to write the file. */
  produce(...flags: readonly string[]): RunningCli {
    return this.#start(['produce', this.#input, '--topic', this.topic, '--partitions', '4', '--quiet', ...flags]);
  }

  /** Starts a member of the group. */
  process(...flags: readonly string[]): RunningCli {
    const own = ['--topic', this.topic, '--group', this.group, '--threads', '1', '--batch-interval', '100ms'];
    return this.#start(['process', ...own, ...this.#flags, ...flags]);
  }

  /** Resolves when somebody has published a message that was not there at the call; `lane` = of that lane. */
  async published(lane?: number): Promise<void> {
    const reader = await this.#log.openReader('data_clean', 'latest');
    try {
      await this.#awaitMessage(reader, lane === undefined ? `${this.group}/` : `${this.group}/${lane}`);
    } finally {
      await reader.close();
    }
  }

  /** Ends a process in order, and asserts that it did. */
  async stop(running: RunningCli): Promise<void> {
    running.child.kill('SIGTERM');
    assert.deepEqual(await endOf(running), { code: 0, signal: null });
  }

  /** Reads what is left, and asserts that all messages of the group together say what a recount of the file says. */
  async assertExact(): Promise<void> {
    const last = this.process('--until-end');
    assert.deepEqual(await endOf(last), { code: 0, signal: null });
    const messages = await this.messages();
    for (const lane of new Set(messages.map(({ producer }) => producer))) {
      const own = messages.filter(({ producer }) => producer === lane);
      assert.equal(own[0].msg_ID, 0);
      assertMessageLaws(own);
      assertTiles(own);
    }
    const { stdout } = await runCli(['process', this.#input, '--summary', '--threads', '1']);
    const { batches, runs, schema, ledger, ...expected } = summaryOf({ stdout });
    assert.ok(batches > 0 && runs === 1 && schema === messages[0].schema);
    assert.deepEqual(totalsOf(messages), expected);
    assert.deepEqual({ ...sumOfLedgers(messages), carried_in: 0, carried_out: 0 }, ledger);
  }

  async messages(): Promise<BatchMessage[]> {
    const reader = await this.#log.openReader('data_clean', 'earliest');
    const records = await readToEnd(reader);
    await reader.close();
    const stdout = records.map(({ value }) => `${value}\n`).join('');
    return messagesOf({ stdout }).filter(({ producer }) => producer.startsWith(`${this.group}/`));
  }

  /** Ends what a failed test left. */
  close(): void {
    for (const { child } of this.#processes) child.kill('SIGKILL');
  }

  #start(args: readonly string[]): RunningCli {
    const running = startCli([...args, '--brokers', this.#brokers, '--broker-wait', '60s']);
    running.child.stdin.end();
    this.#processes.push(running);
    return running;
  }

  async #awaitMessage(reader: LogReader, producer: string): Promise<void> {
    const signal = AbortSignal.timeout(40_000);
    while (!signal.aborted) {
      for (const { values } of await reader.read({ bytesMax: 1, waitMs: 40_000, signal })) {
        if (Buffer.from(values).includes(`"producer":"${producer}`)) return;
      }
    }
    throw new Error(`${producer} published nothing for 40 s`);
  }
}

/** How a process ended; what it said is shown when that was not well. */
export async function endOf(running: RunningCli): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const { code, signal, stderr } = await running.result();
  if (code !== 0 && signal === null) process.stderr.write(stderr);
  return { code, signal };
}

/** Offsets of each partition without gap or overlap. */
function assertTiles(messages: readonly BatchMessage[]): void {
  const next = new Map<string, number>();
  for (const { input } of messages) {
    for (const [partition, [from, to]] of Object.entries(input)) {
      assert.equal(from, next.get(partition) ?? 0, `partition ${partition}`);
      assert.ok(to >= from);
      next.set(partition, to);
    }
  }
}

/** What a summary would say of the messages. */
function totalsOf(messages: readonly BatchMessage[]): object {
  const sum = (pick: (message: BatchMessage) => number): number => messages.reduce((all, m) => all + pick(m), 0);
  const chambers = messages[0].hit_count_chamber.map((_, chamber) => String(chamber));
  const byChannel = (chamber: string): { bin_edges: number[]; hist_counts: number[] } => {
    const counts = new Map<number, number>();
    for (const { tdc_counts_chamber } of messages) {
      const { bin_edges, hist_counts } = tdc_counts_chamber[chamber];
      bin_edges.forEach((channel, i) => counts.set(channel, (counts.get(channel) ?? 0) + hist_counts[i]));
    }
    const bins = [...counts].sort(([a], [b]) => a - b);
    return { bin_edges: bins.map(([channel]) => channel), hist_counts: bins.map(([, count]) => count) };
  };
  const distribution = (chamber: string): number[] =>
    messages[0].active_channels_chamber[chamber].map((_, n) => sum((m) => m.active_channels_chamber[chamber][n]));
  return {
    hit_count: sum((m) => m.hit_count),
    hit_count_chamber: chambers.map((_, chamber) => sum((m) => m.hit_count_chamber[chamber])),
    tdc_counts_chamber: Object.fromEntries(chambers.map((chamber) => [chamber, byChannel(chamber)])),
    active_channels_chamber: Object.fromEntries(chambers.map((chamber) => [chamber, distribution(chamber)])),
    late_hits: sum((m) => m.late_hits),
    late_orbits: sum((m) => m.late_orbits),
    orbits: sum((m) => m.orbits),
  };
}

function sumOfLedgers(messages: readonly BatchMessage[]): Omit<Ledger, 'carried_in' | 'carried_out'> {
  const sum = (pick: (ledger: Ledger) => number): number => messages.reduce((all, { ledger }) => all + pick(ledger), 0);
  return {
    rows_read: sum((l) => l.rows_read),
    hits: sum((l) => l.hits),
    scintillator: sum((l) => l.scintillator),
    dropped: { head: sum((l) => l.dropped.head), channel: sum((l) => l.dropped.channel) },
    rejected: {
      fields: sum((l) => l.rejected.fields),
      number: sum((l) => l.rejected.number),
      range: sum((l) => l.rejected.range),
    },
  };
}
