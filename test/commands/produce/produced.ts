import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import type { LogReader, Transport } from '../../../src/transport/transport.js';
import type { CliResult } from '../../helpers/program/cli.js';
import { type SeenMessage, messagesOf } from '../../pipeline/produce/rows.js';
import { readAll } from '../../sources/read-all.js';

const topic = 'data_raw';

/** What is written to a store, as it comes. */
export class Produced {
  readonly #log: Transport;
  readonly #reader: LogReader;
  readonly #messages: SeenMessage[] = [];

  private constructor(log: Transport, reader: LogReader) {
    this.#log = log;
    this.#reader = reader;
  }

  /** Opens a store; makes it and the topic, of ten partitions, where there is none. */
  static async open(store: string): Promise<Produced> {
    const log = await openEmbeddedLog({ dir: store });
    await log.createTopics([{ topic, partitions: 10, replicationFactor: 1 }]);
    return new Produced(log, await log.openReader(topic, 'earliest'));
  }

  /** Waits until there are more messages than `count`, and resolves with how many. */
  async moreThan(count: number): Promise<number> {
    for (const signal = AbortSignal.timeout(30_000); !signal.aborted;) {
      if (this.#messages.length > count) return this.#messages.length;
      await this.#read(1000, signal);
    }
    throw new Error(`no more than ${this.#messages.length} messages in time`);
  }

  /** All messages that are there now, partition by partition. */
  async all(): Promise<readonly SeenMessage[]> {
    const bounds = await this.#reader.bounds();
    const isBehind = (): boolean => {
      const positions = this.#reader.positions();
      return bounds.some(({ partition, end }) => (positions.get(partition) ?? 0) < end);
    };
    while (isBehind()) await this.#read(1000);
    return bounds.flatMap(({ partition }) => this.#messages.filter((message) => message.partition === partition));
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  async #read(waitMs: number, signal?: AbortSignal): Promise<void> {
    const batches = await this.#reader.read({ bytesMax: 1 << 20, waitMs, ...(signal && { signal }) });
    this.#messages.push(...batches.flatMap(messagesOf));
  }
}

/** All messages of a store that nobody writes to any more, partition by partition. */
export async function producedMessages(store: string): Promise<readonly SeenMessage[]> {
  const produced = await Produced.open(store);
  try {
    return await produced.all();
  } finally {
    await produced.close();
  }
}

/** Rows of all kinds, as a file. */
export function simulated(rows: number, format: 'csv' | 'words' = 'csv'): Promise<Buffer> {
  const malformedShare = format === 'csv' ? 0.01 : 0;
  return readAll(openSimulator({ rows, format, seed: 5, malformedShare, ancillaryShare: 0.1 }));
}

/** Asserts that the store holds these rows, each once, in their order in every partition. */
export async function assertProduced(folder: string, rows: readonly string[], store = '.dtstream'): Promise<void> {
  const messages = await producedMessages(join(folder, store));
  const found = messages.flatMap((message) => message.rows);
  assert.equal(found.length, rows.length);
  assert.deepEqual(found.toSorted(), rows.toSorted());
  // Places of equal rows are equal, too: only rows that are unique tell about order.
  const places = new Map<string, number>();
  rows.forEach((row, place) => places.set(row, places.has(row) ? Number.NaN : place));
  for (const partition of new Set(messages.map((message) => message.partition))) {
    const own = messages.filter((message) => message.partition === partition).flatMap((message) => message.rows);
    const order = own.map((row) => places.get(row) ?? Number.NaN).filter((place) => !Number.isNaN(place));
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
  }
}

/** Asserts that a process has done what it was asked, with nothing on stdout. */
export function assertDone(result: CliResult): void {
  assert.deepEqual([result.code, result.signal, result.stdout], [0, null, ''], result.stderr);
}

/** The store of a folder, until the test ends. */
export async function openProduced(context: TestContext, folder: string): Promise<Produced> {
  const produced = await Produced.open(join(folder, '.dtstream'));
  context.after(() => produced.close());
  return produced;
}
