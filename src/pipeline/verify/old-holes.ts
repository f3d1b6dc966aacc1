import type { Geometry } from '../../domain/geometry.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import type { TopicState, Transport } from '../../transport/transport.js';
import { RawFeed } from './raw-feed.js';

/** A range of a message that includes offsets deleted now. */
export interface StraddlingMessage {
  readonly rowsRead: number;
  /** Offsets read, half open, by partition. */
  readonly input: readonly (readonly [partition: number, from: number, to: number])[];
}

/**
 * Messages of a version whose `input` went on over holes, of which rows are left: the last of each partition that begins
 * before the log's first offset and ends after it.
 */
export class StraddlingMessages {
  readonly #first: ReadonlyMap<number, number>;
  readonly #found = new Set<StraddlingMessage>();

  /** @param first offset that is held, by partition */
  constructor(first: ReadonlyMap<number, number>) {
    this.#first = first;
  }

  get found(): readonly StraddlingMessage[] {
    return [...this.#found];
  }

  add({ history, input, ledger }: BatchMessage): void {
    // Messages that name their history say what was lost.
    if (history !== undefined) return;
    const ranges = Object.entries(input).map(([key, [from, to]]) => [Number(key), from, to] as const);
    const straddles = ranges.some(([partition, from, to]) => {
      const first = this.#first.get(partition) ?? 0;
      return from < first && first < to;
    });
    if (straddles) this.#found.add({ rowsRead: ledger.rows_read, input: ranges });
  }
}

/**
 * Ranges that such messages have read nothing of: the rows that are left of all their partitions are as many as they say
 * that they have read.
 */
export async function oldHoles(
  log: Transport,
  raw: TopicState,
  { found, geometry }: { readonly found: readonly StraddlingMessage[]; readonly geometry: Geometry },
): Promise<(readonly [partition: number, from: number, to: number])[]> {
  const holes: (readonly [number, number, number])[] = [];
  const firsts = new Map(raw.partitions.map(({ partition, first }) => [partition, first]));
  for (const { rowsRead, input } of found) {
    const left = input.map(
      ([partition, from, to]) => [partition, Math.max(from, firsts.get(partition) ?? 0), to] as const,
    );
    const held = left.filter(([, from, to]) => from < to);
    if ((await countRows(log, raw.topic, held, geometry)) !== rowsRead) continue;
    for (const [partition, from, to] of input) {
      const first = Math.min(firsts.get(partition) ?? 0, to);
      if (from < first) holes.push([partition, from, first]);
    }
  }
  return holes;
}

async function countRows(
  log: Transport,
  topic: string,
  ranges: StraddlingMessage['input'],
  geometry: Geometry,
): Promise<number> {
  const starts = new Map(ranges.map(([partition, from]) => [partition, from]));
  const reader = await log.openReader(topic, starts, [...starts.keys()]);
  try {
    const feed = new RawFeed(reader, topic, { starts, geometry });
    let rows = 0;
    for (const [partition, , to] of ranges) {
      await feed.take(partition, to, ({ recordRows }, from, end) => {
        if (end > from) rows += recordRows[end - 1] - (from === 0 ? 0 : recordRows[from - 1]);
      });
    }
    return rows;
  } finally {
    await reader.close();
  }
}
