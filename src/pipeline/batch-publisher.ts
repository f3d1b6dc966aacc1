import { type BatchMessage, type Ledger, messageSchemaVersion, type SeenHistogram } from '../domain/batch-message.js';
import { chamberChannels, type Geometry } from '../domain/geometry.js';
import type { Run } from '../domain/orbit-clock.js';
import { rowCode } from '../domain/row-code.js';
import type { OrbitDetail } from '../compute/tasks.js';
import type { BatchComputer, BatchTotals } from './batch-computer.js';
import type { Cut } from './cut.js';

/** What a publisher goes on from after a restart. */
export interface PublisherState {
  /** `msg_ID` of the next message. */
  readonly nextMessageId: number;
  /** Watermark of the last message. */
  readonly closed: number;
  /** `carried_out` of the last message. */
  readonly carried: number;
}

export interface PublisherOptions {
  readonly geometry: Geometry;
  /** `<group>/<lane>`. */
  readonly producer: string;
  readonly lanes: number;
  /** Whether messages list the active channels of each orbit. */
  readonly detail: boolean;
}

/** When the rows of a batch came, ms since 1970. */
export interface BatchTimes {
  readonly openedMs: number;
  readonly closedMs: number;
}

/** Turns cuts into messages: one a run, in order, each with its balanced ledger. */
export class BatchPublisher {
  readonly #computer: BatchComputer;
  readonly #options: PublisherOptions;
  #nextMessageId: number;
  #closed: number;
  #carried: number;

  constructor(
    computer: BatchComputer,
    options: PublisherOptions,
    state: PublisherState = { nextMessageId: 0, closed: 0, carried: 0 },
  ) {
    this.#computer = computer;
    this.#options = options;
    this.#nextMessageId = state.nextMessageId;
    this.#closed = state.closed;
    this.#carried = state.carried;
  }

  get state(): PublisherState {
    return { nextMessageId: this.#nextMessageId, closed: this.#closed, carried: this.#carried };
  }

  /**
   * Computes a cut and returns its messages: none when nothing was read and nothing published, several when the
   * watermark passes the floor of a run. The first one carries the rows read.
   *
   * @param now reads the wall clock, ms since 1970
   */
  async publish(cut: Cut, runs: readonly Run[], openedMs: number, now: () => number): Promise<BatchMessage[]> {
    const messages: BatchMessage[] = [];
    const closedBefore = this.#closed;
    let rest: Cut = cut;
    for (const { watermark, run, isLast } of stages(closedBefore, cut.watermark, runs)) {
      const totals = await this.#computer.close(rest.slices, {
        closed: this.#closed,
        watermark,
        detail: this.#options.detail,
      });
      this.#closed = watermark;
      const isPublished = totals.orbits + totals.scintillator + totals.lateHits > 0;
      if (isPublished || (isLast && rest.rowsRead > 0)) {
        messages.push(this.#message(rest, totals, run, { openedMs, closedMs: now() }));
        rest = { ...rest, rowsRead: 0, kinds: new Uint32Array(rest.kinds.length), input: new Map() };
      }
      rest = { ...rest, slices: rest.slices.map(() => []) };
    }
    if (messages.length === 0) this.#closed = closedBefore;
    return messages;
  }

  #message(cut: Cut, totals: BatchTotals, run: number, { openedMs, closedMs }: BatchTimes): BatchMessage {
    const { geometry, producer, lanes, detail } = this.#options;
    const chambers = geometry.chambers.map((_, chamber) => chamber);
    const hitCounts = chambers.map((chamber) => sum(chamberHits(totals, chamber)));
    const ledger = this.#ledger(cut, totals, sum(hitCounts));
    this.#carried = ledger.carried_out;
    const seen = totals.orbits > 0;
    return {
      msg_ID: this.#nextMessageId++,
      hit_count: ledger.hits,
      hit_count_chamber: hitCounts,
      tdc_counts_chamber: byChamber(chambers, (chamber) =>
        seenChannels(chamberHits(totals, chamber), geometry.chambers[chamber].channelFirst),
      ),
      active_tdc_chamber: byChamber(chambers, (chamber) => seenOrbits(totals.detail[chamber] ?? [])),
      schema: messageSchemaVersion,
      run,
      producer,
      lanes,
      batch: {
        opened: new Date(openedMs).toISOString(),
        closed: new Date(closedMs).toISOString(),
        duration_ms: Math.max(0, closedMs - openedMs),
        orbit_first: seen ? rawOrbit(totals.orbitFirst) : null,
        orbit_last: seen ? rawOrbit(totals.orbitLast) : null,
      },
      input: Object.fromEntries([...cut.input].map(([partition, [from, to]]) => [partition, [from, to]])),
      ledger,
      late_hits: totals.lateHits,
      late_orbits: totals.lateOrbits,
      orbits: totals.orbits,
      active_channels_chamber: byChamber(chambers, (chamber) => [...chamberActive(totals, chamber)]),
      orbit_detail: detail ? 'full' : 'none',
    };
  }

  #ledger(cut: Cut, totals: BatchTotals, hits: number): Ledger {
    const kind = (code: number): number => cut.kinds[code - rowCode.scintillator];
    const ledger = {
      rows_read: cut.rowsRead,
      hits,
      scintillator: totals.scintillator,
      dropped: { head: kind(rowCode.droppedHead), channel: kind(rowCode.droppedChannel) },
      rejected: {
        fields: kind(rowCode.rejectedFields),
        number: kind(rowCode.rejectedNumber),
        range: kind(rowCode.rejectedRange),
      },
      carried_in: this.#carried,
      carried_out: totals.carried + cut.waiting,
    };
    const excess = ledgerExcess(ledger);
    if (excess !== 0) throw new Error(`the ledger does not balance by ${excess} rows: ${JSON.stringify(ledger)}`);
    return ledger;
  }
}

/** Rows that came in minus rows that went out; 0 for a true ledger. */
export function ledgerExcess(ledger: Ledger): number {
  const { dropped, rejected } = ledger;
  return (
    ledger.rows_read +
    ledger.carried_in -
    (ledger.hits + ledger.scintillator + dropped.head + dropped.channel) -
    (rejected.fields + rejected.number + rejected.range + ledger.carried_out)
  );
}

interface Stage {
  readonly watermark: number;
  readonly run: number;
  readonly isLast: boolean;
}

/** Watermarks on the way from one to another, one a run: the end of each run that it passes, then the last. */
function stages(closed: number, watermark: number, runs: readonly Run[]): Stage[] {
  const first = Math.max(
    0,
    runs.findLastIndex(({ floor }) => floor <= closed + 1),
  );
  const ahead = runs.slice(first + 1).filter(({ floor }) => floor <= watermark);
  const ends = [...ahead.map(({ floor }) => floor - 1), watermark];
  return ends.map((end, index) => ({
    watermark: end,
    run: runs[first + index]?.index ?? 0,
    isLast: index === ends.length - 1,
  }));
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

/** Per-orbit lists of several shard groups as one, raw orbits ascending. */
function seenOrbits(parts: readonly OrbitDetail[]): SeenHistogram {
  const pairs = parts.flatMap(({ orbits, counts }) =>
    Array.from(orbits, (orbit, index) => [rawOrbit(orbit), counts[index]] as const),
  );
  pairs.sort(([a], [b]) => a - b);
  return { bin_edges: pairs.map(([orbit]) => orbit), hist_counts: pairs.map(([, count]) => count) };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
