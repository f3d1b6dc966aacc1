import { setTimeout as delay } from 'node:timers/promises';
import type { RowsAt } from '../../experiment/measure/backlog.js';
import { type SeenMessage, seenMessage } from '../../experiment/measure/seen-message.js';
import { batchMessageSchema } from '../../domain/batch-message.js';
import type { LogReader, RecordBatch, Transport } from '../../transport/transport.js';

const readBytes = 8 << 20;
const waitMs = 250;
/** How often it is looked how much was written. */
const lookEveryMs = 200;

/** Watches a run from outside, like a user's program: reads the results live, and the end of the topic. */
export class BenchMonitor {
  readonly messages: SeenMessage[] = [];
  /** Records in the topic at a time. */
  readonly written: RowsAt[] = [];
  readonly #log: Transport;
  readonly #reader: LogReader;
  readonly #topic: string;
  readonly #group: string;
  readonly #stop = new AbortController();
  readonly #work: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  private constructor(log: Transport, reader: LogReader, names: { readonly topic: string; readonly group: string }) {
    this.#log = log;
    this.#reader = reader;
    this.#topic = names.topic;
    this.#group = names.group;
  }

  /** Starts with the messages published from now on. */
  static async open(
    log: Transport,
    names: { readonly topic: string; readonly group: string; readonly results: string },
  ): Promise<BenchMonitor> {
    const monitor = new BenchMonitor(log, await log.openReader(names.results, 'latest'), names);
    for (const work of [monitor.#readMessages(), monitor.#lookAtTopic()]) {
      monitor.#work.push(work.catch((error: unknown) => void (monitor.#failure ??= { error })));
    }
    return monitor;
  }

  /** Rows in messages so far. */
  get rowsRead(): number {
    return this.messages.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  }

  /** Reads the existing messages and ends. @throws the error of reading */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#work);
    await this.#reader.close();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #readMessages(): Promise<void> {
    for (let isLast = false; !isLast;) {
      isLast = this.#stop.signal.aborted;
      const batches = await this.#reader.read({
        bytesMax: readBytes,
        waitMs: isLast ? 0 : waitMs,
        ...(isLast ? {} : { signal: this.#stop.signal }),
      });
      const visibleMs = performance.timeOrigin + performance.now();
      for (const batch of batches) this.#take(batch, visibleMs);
      // Messages after the last look are not waited for, but the existing ones are read to the end.
      if (isLast && batches.length > 0) isLast = false;
    }
  }

  #take({ values, valueEnds }: RecordBatch, visibleMs: number): void {
    let from = 0;
    for (const to of valueEnds) {
      const text = Buffer.from(values.buffer, values.byteOffset + from, to - from).toString();
      from = to;
      const message = batchMessageSchema.parse(JSON.parse(text));
      if (message.producer.startsWith(`${this.#group}/`)) this.messages.push(seenMessage(message, visibleMs));
    }
  }

  async #lookAtTopic(): Promise<void> {
    for (let isLast = false; !isLast;) {
      isLast = this.#stop.signal.aborted;
      const topics = await this.#log.topics([this.#topic]);
      const state = topics.find(({ topic }) => topic === this.#topic);
      const rows = (state?.partitions ?? []).reduce((sum, { end }) => sum + end, 0);
      this.written.push({ ms: performance.timeOrigin + performance.now(), rows });
      if (!isLast) await delay(lookEveryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}
