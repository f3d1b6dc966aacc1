import { mergedOrbitDetail } from '../../compute/orbit-detail.js';
import type { BatchMessage, Ledger, SeenHistogram } from '../../domain/batch-message.js';
import { chamberListOf } from '../../domain/chamber-channels.js';
import { chamberChannels, type Geometry } from '../../domain/geometry.js';
import { messageSchemaVersion } from '../../domain/message-version.js';
import type { Physics } from '../../domain/physics-message.js';
import { plainNumbers } from '../../domain/plain-numbers.js';
import { kindOf, rowCode } from '../../domain/row-code.js';
import { rejectedRows } from '../../domain/rejected-rows.js';
import type { BatchTotals } from './batch-computer.js';
import type { BatchInput } from '../order/batch-input.js';
import type { OrbitLists } from './orbit-lists.js';

/** The parts of a message other than its totals. */
export interface MessageFrame {
  readonly messageId: number;
  readonly geometry: Geometry;
  /** `<group>/<lane>`. */
  readonly producer: string;
  readonly lanes: number;
  readonly history?: string;
  /** Orbits; Infinity = all, in any order. */
  readonly lateness: number;
  readonly run: number;
  /** `carried_out` of the message before. */
  readonly carriedIn: number;
  /** Those of them that cannot be read again any more. */
  readonly carriedLost: number;
  readonly batchIntervalMs?: number;
  readonly openedMs: number;
  /** When the batch was complete and its computation began. */
  readonly cutMs: number;
  readonly closedMs: number;
  readonly orbitDetail: BatchMessage['orbit_detail'];
  /** Undefined = not counted, null where orbits may be split. */
  readonly physics: Physics | null | undefined;
}

/** The message of a batch, with empty lists of orbits. Throws when its ledger does not balance: that is a bug for any input. */
export function buildMessage(cut: BatchInput, totals: BatchTotals, frame: MessageFrame): BatchMessage {
  const { geometry, openedMs, cutMs, closedMs } = frame;
  const chambers = geometry.chambers.map((_, chamber) => chamber);
  const hitCounts = chambers.map((chamber) => sum(chamberHits(totals, chamber)));
  const seen = totals.orbits > 0;
  const ledger = buildLedger(cut, totals, { ...frame, hits: sum(hitCounts) });
  return {
    msg_ID: frame.messageId,
    hit_count: ledger.hits,
    hit_count_chamber: hitCounts,
    tdc_counts_chamber: byChamber(chambers, (chamber) =>
      seenChannels(chamberHits(totals, chamber), geometry.chambers[chamber].channelFirst),
    ),
    active_tdc_chamber: byChamber(chambers, () => ({ bin_edges: [], hist_counts: [] })),
    chambers: chamberListOf(geometry),
    channel_hits_chamber: byChamber(chambers, (chamber) => plainNumbers(chamberHits(totals, chamber))),
    schema: messageSchemaVersion,
    run: frame.run,
    ...(frame.lateness === Infinity && { lateness: 'all' }),
    producer: frame.producer,
    lanes: frame.lanes,
    ...(frame.history !== undefined && { history: frame.history }),
    batch: {
      opened: new Date(openedMs).toISOString(),
      closed: new Date(closedMs).toISOString(),
      duration_ms: Math.max(0, closedMs - openedMs),
      compute_ms: Math.max(0, closedMs - cutMs),
      ...(frame.batchIntervalMs !== undefined && { interval_ms: frame.batchIntervalMs }),
      orbit_first: seen ? rawOrbit(totals.orbitFirst) : null,
      orbit_last: seen ? rawOrbit(totals.orbitLast) : null,
    },
    input: Object.fromEntries([...cut.input].map(([partition, [from, to]]) => [partition, [from, to]])),
    ...(cut.lost.size > 0 && { lost: lostRanges(cut) }),
    ledger,
    late_hits: totals.lateHits,
    late_orbits: totals.lateOrbits,
    orbits: totals.orbits,
    active_channels_chamber: byChamber(chambers, (chamber) => plainNumbers(chamberActive(totals, chamber))),
    orbit_detail: frame.orbitDetail,
    ...(frame.physics !== undefined && { physics: frame.physics }),
  };
}

/** The lists of orbits that are empty in {@link buildMessage}. */
export function orbitLists({ detail = [] }: BatchTotals, { chambers }: Pick<Geometry, 'chambers'>): OrbitLists {
  return chambers.map((_, chamber) => mergedOrbitDetail(detail.at(chamber) ?? []));
}

/** Rows that came in minus rows that went out; 0 for a true ledger. */
export function ledgerExcess(ledger: Ledger): number {
  const { dropped, rejected } = ledger;
  return (
    ledger.rows_read +
    ledger.carried_in -
    (ledger.hits + ledger.scintillator + dropped.head + dropped.channel) -
    (rejectedRows(rejected) + ledger.carried_out + (ledger.carried_lost ?? 0))
  );
}

function buildLedger(
  cut: BatchInput,
  totals: BatchTotals,
  counts: { hits: number; carriedIn: number; carriedLost: number },
): Ledger {
  const kind = (code: number): number => cut.kinds[kindOf(code)];
  const ledger = {
    rows_read: cut.rowsRead,
    hits: counts.hits,
    scintillator: totals.scintillator,
    dropped: { head: kind(rowCode.droppedHead), channel: kind(rowCode.droppedChannel) },
    rejected: {
      fields: kind(rowCode.rejectedFields),
      number: kind(rowCode.rejectedNumber),
      range: kind(rowCode.rejectedRange),
    },
    carried_in: counts.carriedIn,
    carried_out: totals.carried + cut.waiting,
    ...(counts.carriedLost > 0 && { carried_lost: counts.carriedLost }),
  };
  const excess = ledgerExcess(ledger);
  if (excess !== 0) throw new Error(`the ledger does not balance by ${excess} rows: ${JSON.stringify(ledger)}`);
  return ledger;
}

function lostRanges({ lost }: BatchInput): BatchMessage['lost'] {
  return Object.fromEntries(
    [...lost].map(([key, ranges]) => [key, ranges.map(([from, to]) => [from, to, 'retention'])]),
  );
}

function rawOrbit(orbit: number): number {
  return orbit % 2 ** 32;
}

function byChamber<T>(chambers: readonly number[], of: (chamber: number) => T): Record<string, T> {
  return Object.fromEntries(chambers.map((chamber) => [String(chamber), of(chamber)]));
}

function chamberHits({ hits }: BatchTotals, chamber: number): Uint32Array {
  return hits.subarray(chamber * chamberChannels, (chamber + 1) * chamberChannels);
}

function chamberActive({ active }: BatchTotals, chamber: number): Uint32Array {
  return active.subarray(chamber * (chamberChannels + 1), (chamber + 1) * (chamberChannels + 1));
}

function seenChannels(counts: Uint32Array, channelFirst: number): SeenHistogram {
  const seen = [...counts.keys()].filter((channel) => counts[channel] > 0);
  return {
    bin_edges: seen.map((channel) => channel + channelFirst),
    hist_counts: seen.map((channel) => counts[channel]),
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
