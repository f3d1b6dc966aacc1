import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Summary } from '../../../src/domain/batch-message.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { recordsOf } from '../../../src/transport/records-of.js';
import type { LogReader } from '../../../src/transport/transport.js';
import { type CliResult, runCli } from '../../helpers/program/cli.js';
import { parseMessage } from '../../helpers/assert/wire-schema.js';

/** What a group publishes to the store of a folder, as it comes. */
export class Published {
  readonly #reader: LogReader;
  #count = 0;
  readonly #sum = new SummarySum(4);
  readonly ids: number[] = [];

  private constructor(reader: LogReader) {
    this.#reader = reader;
  }

  /** Opens the store, which must have its topics, until the test ends. */
  static async open(context: TestContext, folder: string): Promise<Published> {
    const log = await openEmbeddedLog({ dir: join(folder, '.dtstream') });
    context.after(() => log.close());
    await log.createTopics([{ topic: 'data_clean', partitions: 1, replicationFactor: 1, writer: 'group' }]);
    return new Published(await log.openReader('data_clean', 'earliest'));
  }

  get count(): number {
    return this.#count;
  }

  /** Waits until something new is published; false when nothing is in that time. */
  async hasNew(waitMs: number): Promise<boolean> {
    const batches = await this.#reader.read({ bytesMax: 16 << 20, waitMs });
    for (const { value } of batches.flatMap((batch) => [...recordsOf(batch)])) {
      const message = parseMessage(Buffer.from(value).toString());
      this.#sum.add(message);
      this.ids.push(message.msg_ID);
      this.#count++;
    }
    return batches.length > 0;
  }

  /** The sums of all that is published now. */
  async summary(): Promise<Summary> {
    while (await this.hasNew(0));
    return this.#sum.summary;
  }
}

/** Runs `dtstream ARGS` in a folder and asserts that it did what it was asked. */
export async function run(folder: string, ...args: readonly string[]): Promise<CliResult> {
  const result = await runCli(args, { cwd: folder });
  assert.deepEqual([result.code, result.signal], [0, null], `${args.join(' ')}\n${result.stderr}\n${result.stdout}`);
  return result;
}

/** Finishes the log, asserts that `verify` finds it equal and that the ids have no gap, and returns the sums. */
export async function finish(published: Published, folder: string, ...flags: readonly string[]): Promise<Summary> {
  await run(folder, 'process', '--until-end', '--quiet', ...flags);
  const { stdout } = await run(folder, 'verify', '--quiet');
  assert.match(stdout, /^equal over [\d,]+ rows/);
  const summary = await published.summary();
  assert.deepEqual(
    published.ids,
    published.ids.map((_, index) => index),
  );
  return summary;
}

/** The part of a summary that no way of computing may change, without the fits that only `process --summary` adds. */
export function invariant(summary: Summary): Summary {
  const { physics } = summary;
  if (physics === undefined || physics === null) return { ...summary, batches: 0 };
  const chambers = Object.entries(physics.chambers).map(([key, chamber]) => {
    const counts = { ...chamber };
    delete counts.box;
    return [key, counts] as const;
  });
  return { ...summary, batches: 0, physics: { ...physics, chambers: Object.fromEntries(chambers) } };
}
