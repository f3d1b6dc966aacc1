import { groupOf } from '../../results/producers.js';
import { recordsOf } from '../../transport/records-of.js';
import type { Transport } from '../../transport/transport.js';
import type { StartPlace } from '../flags/start-place.js';

const readBytes = 1 << 20;
/** Records of a partition that are looked at first, going back, and by how many times more then. */
const recordsFirst = 1024;
const recordsTimes = 4;

/** Where a reader begins, and from where on it reports, by partition. */
export interface FoldPlaces {
  readonly start: ReadonlyMap<number, number>;
  readonly place: ReadonlyMap<number, number>;
}

interface FoldOptions {
  readonly topic: string;
  readonly from: StartPlace;
  /** Live seconds of the detector before that. */
  readonly foldS: number;
  /** Whose messages count; undefined = all, where there is one group only. */
  readonly group: string | undefined;
}

/**
 * Finds the messages of the last live seconds before a place, by going back from it.
 *
 * @throws DtstreamError as the log
 */
export async function foldStart(log: Transport, { topic, from, foldS, group }: FoldOptions): Promise<FoldPlaces> {
  const at = await log.openReader(topic, from);
  const place = at.positions();
  const firsts = new Map((await at.bounds()).map(({ partition, first }) => [partition, first]));
  await at.close();
  for (let records = recordsFirst; foldS > 0; records *= recordsTimes) {
    const start = new Map<number, number>();
    for (const [partition, end] of place) start.set(partition, Math.max(firsts.get(partition) ?? 0, end - records));
    const isAll = [...start].every(([partition, offset]) => offset <= (firsts.get(partition) ?? 0));
    const found = lastOf(await liveRecords(log, topic, { start, place }, group), foldS);
    if (found.liveS >= foldS) return { start: new Map([...place, ...found.start]), place };
    if (isAll) return { start, place };
  }
  return { start: place, place };
}

interface LiveRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  /** Live seconds of the detector that the message adds: those of a lane are counted by every lane. */
  readonly liveS: number;
}

async function liveRecords(
  log: Transport,
  topic: string,
  { start, place }: FoldPlaces,
  group: string | undefined,
): Promise<LiveRecord[]> {
  const found: LiveRecord[] = [];
  const reader = await log.openReader(topic, start);
  try {
    const isLeft = (): boolean =>
      [...place].some(([partition, end]) => (reader.positions().get(partition) ?? end) < end);
    while (isLeft()) {
      const batches = await reader.read({ bytesMax: readBytes, waitMs: 1000, lent: true });
      for (const batch of batches) {
        const { partition, timestampMs } = batch;
        const end = place.get(partition) ?? 0;
        for (const { value, offset } of recordsOf(batch)) {
          const liveS = offset < end ? liveSecondsOf(value, group) : undefined;
          if (liveS !== undefined) found.push({ partition, offset, timestampMs, liveS });
        }
      }
      // Offsets at the end may be of no record.
      if (batches.length === 0) break;
    }
  } finally {
    await reader.close();
  }
  return found;
}

/** The last records that add up to so many seconds. */
function lastOf(records: readonly LiveRecord[], foldS: number): { start: Map<number, number>; liveS: number } {
  const newestFirst = [...records].sort((a, b) => b.timestampMs - a.timestampMs || b.offset - a.offset);
  const start = new Map<number, number>();
  let liveS = 0;
  for (const record of newestFirst) {
    if (liveS >= foldS) break;
    liveS += record.liveS;
    start.set(record.partition, Math.min(record.offset, start.get(record.partition) ?? Infinity));
  }
  return { start, liveS };
}

/** What a message adds, from its bytes, for a whole night would take long to be parsed; undefined for another group. */
function liveSecondsOf(value: Uint8Array, group: string | undefined): number | undefined {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const producer = /^"([^"]*)"/.exec(textAfter(bytes, '"producer":', 300))?.[1];
  if (group !== undefined && producer !== undefined && groupOf(producer) !== group) return undefined;
  const lanes = Number.parseInt(textAfter(bytes, '"lanes":', 8), 10);
  const liveS = Number.parseFloat(textAfter(bytes, '"live_s":', 32));
  return liveS / Math.max(1, lanes) || 0;
}

function textAfter(bytes: Buffer, key: string, length: number): string {
  const at = bytes.indexOf(key, 0, 'latin1');
  return at < 0 ? '' : bytes.toString('latin1', at + key.length, at + key.length + length).trimStart();
}
