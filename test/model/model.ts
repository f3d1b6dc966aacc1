import type { BatchMessage, SeenHistogram } from '../../src/domain/batch-message.js';
import { type Geometry, chamberChannels } from '../../src/domain/geometry.js';
import type { Row } from './classify.js';
import { type ClockRow, ModelClock } from './clock.js';

/** What a message of `data_clean` says about rows and orbits, under the names of the wire. */
export type ModelMessage = Pick<
  BatchMessage,
  | 'msg_ID'
  | 'run'
  | 'hit_count'
  | 'hit_count_chamber'
  | 'tdc_counts_chamber'
  | 'active_tdc_chamber'
  | 'active_channels_chamber'
  | 'ledger'
  | 'late_hits'
  | 'late_orbits'
  | 'orbits'
  | 'lost'
> &
  Pick<BatchMessage['batch'], 'orbit_first' | 'orbit_last'>;

/** A hit or scintillator row that is read and not yet published. */
type OpenRow = Extract<Row, { kind: 'hit' | 'scintillator' }> & ClockRow;
type PlacedRow = OpenRow & { readonly timelineOrbit: number };

/** What a lane is; `waitRows` is for streams that are too small for the real bound. */
export interface LaneOptions {
  readonly geometry: Geometry;
  /** `--lateness`, in orbits. */
  readonly lateness: number;
  /** Orbits of a slot, of which only whole ones are closed; default: the real number. Examples by hand count with 1. */
  readonly slotOrbits?: number;
  readonly partitions: readonly number[];
  readonly waitRows?: number;
}

/** A partition holds the watermark back while it is `active`. */
type PartitionState = 'active' | 'idle' | 'empty';

/**
 * One lane, as docs/semantics.md and docs/decisions/0001-orbit-timeline.md describe it: slow, simple, an oracle for
 * the pipeline. It is never restarted and never pauses a partition. A partition that is added is one that is read from
 * some moment on, and a topic that is made anew has a new lane; which records a group reads then, and which are lost to
 * it, is what `ModelGroup` says.
 *
 * Where the two pages leave a choice, it is made thus:
 *
 * - A line of blanks is a blank line. A CR where a text ends counts as its line end.
 * - A new run releases no waiting row; only 65,536 further clock rows and the last flush do.
 * - All 16 rows of a streak are accepted with it, also those that have drifted further than 2^20 from its first.
 * - Rule 5 holds for every row of a partition that has no accepted one, not only for its very first.
 * - The clock of a run is the largest orbit accepted in it, the lane's newest clock that of its newest run. A streak of
 *   a partition without a clock is held against the newest clock at the streak's first row.
 * - Released rows change neither the range of a run nor the largest orbit of the lane or partition. A run longer than
 *   2^32 may hold a raw orbit twice: the largest place counts.
 * - A partition "has shown a row" when one is accepted. An idle one never holds back, even if it has shown none; reading
 *   makes it active. When none is active, the one furthest ahead sets the watermark.
 * - A cut that reads nothing and publishes nothing leaves the watermark where it was.
 * - Late rows are published in the run that the watermark before stood in. A message without any published row has the
 *   run of the watermark.
 * - `orbits`, `orbit_first` and `orbit_last` leave late orbits out; first and last are so by time line, not by number.
 */
export class ModelLane {
  readonly #geometry: Geometry;
  readonly #lateness: number;
  readonly #slotOrbits: number;
  readonly #partitions: Map<number, PartitionState>;
  readonly #clock: ModelClock;
  #open: OpenRow[] = [];
  #watermark = 0;
  #messageCount = 0;
  #carried = 0;
  #tally = emptyTally();
  /** Partitions read since the last cut, and holes that no message has said. */
  readonly #readSinceCut = new Set<number>();
  #lost: NonNullable<ModelMessage['lost']> = {};

  constructor(options: LaneOptions) {
    this.#geometry = options.geometry;
    this.#lateness = options.lateness;
    this.#slotOrbits = options.slotOrbits ?? 64;
    this.#partitions = new Map(options.partitions.map((partition) => [partition, 'active']));
    this.#clock = new ModelClock(options);
  }

  /** Rows of a partition that are read for the first time, in order; with the mark that they have. */
  read(partition: number, rows: readonly Row[], mark?: string): void {
    if (mark !== undefined) this.#clock.mark(partition, mark);
    this.#partitions.set(partition, 'active');
    this.#readSinceCut.add(partition);
    for (const row of rows) {
      this.#tally.rows_read++;
      if (row.kind === 'dropped') this.#tally.dropped[row.reason]++;
      else if (row.kind === 'rejected') this.#tally.rejected[row.reason]++;
      else {
        const open: OpenRow = { ...row, timelineOrbit: undefined };
        this.#open.push(open);
        this.#clock.show(partition, open);
      }
    }
  }

  /** Offsets were deleted before they were read: a batch that has read the partition closes before them. */
  lose(partition: number, from: number, to: number): ModelMessage[] {
    const messages = this.#readSinceCut.has(partition) ? this.cut() : [];
    (this.#lost[partition] ??= []).push([from, to, 'retention']);
    return messages;
  }

  /** The partition is read to its end with nothing new for `--idle`, or no longer so. */
  idle(partition: number, isIdle: boolean): void {
    this.#partitions.set(partition, isIdle ? 'idle' : 'active');
  }

  /** The partition has never held a record. */
  empty(partition: number): void {
    this.#partitions.set(partition, 'empty');
  }

  /** Closes the batch now; one message a run, none when nothing was read and nothing is published. */
  cut(): ModelMessage[] {
    const limits = (states: PartitionState[]): number[] =>
      [...this.#partitions]
        .filter(([, state]) => states.includes(state))
        .map(([partition]) => this.#clock.limitOf(partition, this.#lateness));
    const active = limits(['active']);
    const watermark = active.length > 0 ? Math.min(...active) : Math.max(-Infinity, ...limits(['idle']));
    const slots = this.#slotOrbits;
    return this.#publish(Math.max(this.#watermark, slots * Math.floor((watermark + 1) / slots) - 1));
  }

  /** Publishes everything that was read, waiting rows as the orbits they claim. The lane is then at its end. */
  flush(): ModelMessage[] {
    this.#clock.releaseAll();
    return this.#publish(Infinity);
  }

  #publish(watermark: number): ModelMessage[] {
    this.#readSinceCut.clear();
    const isClosed = (row: OpenRow): row is PlacedRow =>
      row.timelineOrbit !== undefined && row.timelineOrbit <= watermark;
    const closed = this.#open.filter(isClosed);
    const isRead = this.#tally.rows_read > 0 || Object.keys(this.#lost).length > 0;
    if (!isRead && closed.length === 0) return [];

    const runOf = ({ timelineOrbit }: PlacedRow): number =>
      this.#clock.runOf(timelineOrbit <= this.#watermark ? this.#watermark + 1 : timelineOrbit);
    const runs = new Set(closed.map(runOf));
    if (runs.size === 0) runs.add(this.#clock.runOf(watermark));
    const messages: ModelMessage[] = [];
    for (const run of [...runs].sort((a, b) => a - b)) {
      const published = closed.filter((row) => runOf(row) === run);
      const gone = new Set<OpenRow>(published);
      this.#open = this.#open.filter((row) => !gone.has(row));
      messages.push(this.#messageOf(run, published));
    }
    this.#watermark = watermark;
    return messages;
  }

  #messageOf(run: number, published: readonly PlacedRow[]): ModelMessage {
    const hits = published.filter((row) => row.kind === 'hit');
    const late = hits.filter((hit) => hit.timelineOrbit <= this.#watermark);
    const onTime = hits.filter((hit) => hit.timelineOrbit > this.#watermark);
    const orbits = distinct(onTime.map((hit) => hit.timelineOrbit));
    const rawOf = (timelineOrbit: number | undefined): number | null =>
      timelineOrbit === undefined ? null : timelineOrbit % 2 ** 32;

    const message: ModelMessage = {
      msg_ID: this.#messageCount++,
      run,
      hit_count: hits.length,
      hit_count_chamber: this.#geometry.chambers.map((_, index) => hits.filter((hit) => hit.chamber === index).length),
      tdc_counts_chamber: {},
      active_tdc_chamber: {},
      active_channels_chamber: {},
      ledger: {
        ...this.#tally,
        hits: hits.length,
        scintillator: published.length - hits.length,
        carried_in: this.#carried,
        carried_out: this.#open.length,
      },
      late_hits: late.length,
      late_orbits: distinct(late.map((hit) => hit.timelineOrbit)).length,
      orbits: orbits.length,
      orbit_first: rawOf(orbits.at(0)),
      orbit_last: rawOf(orbits.at(-1)),
      ...(Object.keys(this.#lost).length > 0 && { lost: this.#lost }),
    };
    this.#lost = {};
    this.#geometry.chambers.forEach(({ channelFirst }, index) => {
      const channels = hits.filter((hit) => hit.chamber === index).map((hit) => channelFirst + hit.channel);
      message.tdc_counts_chamber[index] = histogramOf(channels);
      const active = activeChannels(onTime.filter((hit) => hit.chamber === index));
      message.active_tdc_chamber[index] = {
        bin_edges: active.map(({ orbit }) => orbit),
        hist_counts: active.map(({ channels }) => channels),
      };
      message.active_channels_chamber[index] = Array.from(
        { length: chamberChannels + 1 },
        (_, count) => active.filter(({ channels }) => channels === count).length,
      );
    });
    this.#tally = emptyTally();
    this.#carried = this.#open.length;
    return message;
  }
}

function emptyTally() {
  return { rows_read: 0, dropped: { head: 0, channel: 0 }, rejected: { fields: 0, number: 0, range: 0 } };
}

function histogramOf(values: readonly number[]): SeenHistogram {
  const edges = distinct(values);
  return { bin_edges: edges, hist_counts: edges.map((edge) => values.filter((value) => value === edge).length) };
}

/** Distinct channels in each orbit with a hit, by raw orbit, ascending. */
function activeChannels(hits: readonly PlacedRow[]): { orbit: number; channels: number }[] {
  const channelsOf = new Map<number, Set<number>>();
  for (const hit of hits) {
    if (hit.kind !== 'hit') continue;
    const channels = channelsOf.get(hit.timelineOrbit) ?? new Set();
    channelsOf.set(hit.timelineOrbit, channels.add(hit.channel));
  }
  return [...channelsOf]
    .map(([timelineOrbit, channels]) => ({ orbit: timelineOrbit % 2 ** 32, channels: channels.size }))
    .sort((a, b) => a.orbit - b.orbit);
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
