import type { BatchMessage, Ledger, Summary } from '../../domain/batch-message.js';
import { type ChamberList, chambersText } from '../../domain/chamber-channels.js';
import { beginsAnew } from '../../domain/message-reset.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { SummarySum } from '../../domain/summary.js';
import type { LaneCheckpoint } from '../consume/lane-checkpoint.js';
import { checkMessage } from './check-message.js';
import { checkPhysics } from './check-physics.js';
import type { Differences } from './difference.js';
import type { MessagePart } from './message-part.js';
import { StraddlingMessages } from './old-holes.js';
import { addHash, listHash } from './orbit-tally.js';
import { LitBefore } from './lit-before.js';
import { SaidPhysics } from './said-physics.js';

/** What a recount needs of a message. */
export interface HistoryEntry {
  readonly id: number;
  /** Offsets read, half open, by partition. */
  readonly input: readonly (readonly [partition: number, from: number, to: number])[];
  readonly ledger: Ledger;
}

/** What the log still holds. */
export interface HeldRecords {
  /** First offset of `data_raw`, by partition. */
  readonly raw: ReadonlyMap<number, number>;
  /** Whether all of `data_clean` is held. */
  readonly allResults: boolean;
}

interface ChainLink {
  readonly id: number;
  readonly carriedOut: number;
  readonly run: number;
  readonly closed: string;
  readonly history: string | undefined;
}

/** Where a lane is that had another number of lanes before it, with nothing open. */
export type TakenOver = (partition: number) => number | undefined;

/**
 * Compares the messages of one lane with each other and with the lane's last commit, as they arrive. It skips messages
 * after that commit, and those from another number of lanes. `msg_ID` 0 after later ones restarts the history, like
 * `--reset`, and so does another number of lanes when nothing is open.
 *
 * Of a part of the messages, the recount begins and ends where no orbit is open: with the last such message before the
 * part, and the first such after it.
 */
export class LaneHistory {
  /** Consecutive messages that can be recounted: from one without carried-in rows whose rows are all still there. */
  entries: HistoryEntry[] = [];
  /** Index of the first of them that is compared; those before bring the orbit clock to where it was. */
  comparedFrom = 0;
  /** Messages of the part; whether one after it has come with nothing open. */
  partMessages = 0;
  isOver = false;
  /** Messages before those: their rows are gone, or a reset has done away with them. */
  skipped = 0;
  /** Lanes of the group and the lane's last commit with so many; without one there is nothing to hold on to. */
  lanes = 0;
  checkpoint: LaneCheckpoint | undefined;
  /** Offsets that the messages say were gone before they were read, and rows of open orbits that were. */
  lost: (readonly [partition: number, from: number, to: number])[] = [];
  carriedLost = 0;
  /** Whether the rows were counted with `--lateness all`: each orbit is its raw counter. */
  isWhole = false;
  /** Messages before the first one that is held: they are gone from the results. */
  older = 0;
  /** Messages of an older version whose `input` may include holes. */
  straddling: StraddlingMessages;
  /** What the messages that are compared say of physics, and what was before {@link entries}. */
  physics = new SaidPhysics();
  readonly lit = new LitBefore();
  readonly #chambers: ChamberList;
  readonly #plan: PhysicsPlan;
  readonly #producer: string;
  readonly #checkpointOf: (lanes: number) => LaneCheckpoint | undefined;
  readonly #held: HeldRecords;
  readonly #differences: Differences;
  readonly #allDifferences: Differences;
  readonly #part: MessagePart | undefined;
  #sum: SummarySum;
  #listHash: number | undefined = 0;
  #last: ChainLink | undefined;
  #taken: TakenOver | undefined;
  /** Where the ranges of each partition have come to. */
  #reached = new Map<number, number>();

  constructor(
    lane: {
      readonly producer: string;
      readonly chambers: ChamberList;
      readonly plan: PhysicsPlan;
      /** The lane's last commit with so many lanes; undefined without one. */
      readonly checkpointOf: (lanes: number) => LaneCheckpoint | undefined;
      readonly held: HeldRecords;
      /** Absent = all messages. */
      readonly part?: MessagePart | undefined;
    },
    differences: Differences,
  ) {
    this.#producer = lane.producer;
    this.#chambers = lane.chambers;
    this.#plan = lane.plan;
    this.#checkpointOf = lane.checkpointOf;
    this.#held = lane.held;
    this.#part = lane.part;
    this.#allDifferences = differences;
    this.#differences = differences.fork();
    this.straddling = new StraddlingMessages(lane.held.raw);
    this.#sum = new SummarySum(lane.chambers);
  }

  /** The sum of {@link entries} that are compared. */
  get sum(): Summary {
    return this.#sum.summary;
  }

  /** Sum of `listHash` over the lists of active channels of the same entries, undefined where one has no lists. */
  get listHash(): number | undefined {
    return this.#listHash;
  }

  /**
   * Takes the next message of the lane.
   *
   * @param taken where the group was before, when it had another number of lanes; counts where the history begins
   */
  add(message: BatchMessage, taken: TakenOver | undefined): void {
    if (this.#isOfOtherHistory(message)) {
      this.skipped++;
      return;
    }
    if (beginsAnew(message, this.#last) || this.#hasOtherLanes(message)) this.#beginAnew();
    if (this.#last === undefined) {
      this.lanes = message.lanes;
      this.isWhole = message.lateness === 'all';
      this.checkpoint = this.#checkpointOf(message.lanes);
      this.#taken = taken;
      this.older = this.#held.allResults || taken !== undefined ? 0 : message.msg_ID;
    }
    if (this.checkpoint === undefined) this.skipped++;
    if (this.checkpoint === undefined || message.msg_ID >= this.checkpoint.publisher.nextMessageId) return;
    if (!this.#isCompared(message)) return;
    const name = `${this.#producer} msg_ID ${message.msg_ID}`;
    checkMessage(message, name, this.#differences);
    checkPhysics(message, name, this.#plan, this.#differences);
    this.#checkLink(message, name);
    const input = this.#checkInput(message, name);
    this.straddling.add(message);
    const { msg_ID, ledger, batch, run, history } = message;
    this.#last = { id: msg_ID, carriedOut: ledger.carried_out, run, closed: batch.closed, history };
    this.#collect({ id: msg_ID, ledger, input }, message);
  }

  /** All messages are in: checks that they end where the lane's commit says, and hands over the differences. */
  end(): void {
    if (this.checkpoint !== undefined && !this.isOver) this.#checkEnd(this.checkpoint);
    this.#allDifferences.add(this.#differences);
  }

  #checkEnd({ publisher, lane, isWhole }: LaneCheckpoint): void {
    const name = `${this.#producer} last commit`;
    this.#differences.check(`${name}: lateness`, isWhole ? 'all' : undefined, this.isWhole ? 'all' : undefined);
    this.#differences.check(`${name}: msg_ID`, publisher.nextMessageId - 1, this.#last?.id);
    this.#differences.check(`${name}: carried_out`, publisher.carried, this.#last?.carriedOut);
    for (const [partition, { needed, read, lost }] of lane.partitions) {
      const reached = this.#reached.get(partition) ?? read;
      this.#differences.check(`${name}: end of input.${partition}`, read, reached);
      this.#differences.check(`${name}: offset of partition ${partition}`, Math.min(needed, read), needed);
      // Messages that are gone may have said more.
      const said = this.lost.filter(([other]) => other === partition).reduce((sum, [, from, to]) => sum + to - from, 0);
      this.#differences.check(`${name}: lost of partition ${partition}`, Math.max(said, lost), lost);
    }
    for (const partition of this.#reached.keys()) {
      if (lane.partitions.has(partition)) continue;
      this.#differences.check(`${name}: partition ${partition}`, 'committed', 'not committed');
    }
  }

  /** A history that is over, or began after the commits were read, has numbers of its own. */
  #isOfOtherHistory({ history, lanes }: BatchMessage): boolean {
    const own = (this.checkpoint ?? this.#checkpointOf(lanes))?.history;
    return own !== undefined && history !== undefined && history !== own;
  }

  /** The number of lanes may change only when nothing is open. */
  #hasOtherLanes({ msg_ID, lanes, ledger }: BatchMessage): boolean {
    if (this.#last === undefined || lanes === this.lanes || msg_ID <= this.#last.id) return false;
    return this.#last.carriedOut === 0 && ledger.carried_in === 0;
  }

  /** Whether the message is of the part, or of what is compared with it. */
  #isCompared(message: BatchMessage): boolean {
    if (this.#part === undefined) return true;
    if (this.isOver) return false;
    const place = this.#part(message);
    const isClosed = (this.#last?.carriedOut ?? 0) === 0;
    if (isClosed && place === 'after') this.isOver = true;
    else if (isClosed && this.partMessages === 0) this.#compareFromHere();
    if (place === 'inside') this.partMessages++;
    return !this.isOver;
  }

  /** What was found up to here is not of the part. */
  #compareFromHere(): void {
    this.comparedFrom = this.entries.length;
    this.skipped = 0;
    this.lost = [];
    this.carriedLost = 0;
    this.#forgetSums();
    this.#differences.forget();
  }

  #beginAnew(): void {
    this.#forgetEntries();
    this.partMessages = 0;
    this.isOver = false;
    this.lost = [];
    this.carriedLost = 0;
    this.straddling = new StraddlingMessages(this.#held.raw);
    this.#last = undefined;
    this.#reached = new Map();
    this.lit.beginAnew();
  }

  #forgetEntries(): void {
    this.skipped += this.entries.length - this.comparedFrom;
    this.entries = [];
    this.comparedFrom = 0;
    this.#forgetSums();
  }

  #forgetSums(): void {
    this.#sum = new SummarySum(this.#chambers);
    this.#listHash = 0;
    this.physics = new SaidPhysics();
  }

  #checkLink({ msg_ID, ledger, run, lanes, lateness, late_hits, late_orbits }: BatchMessage, name: string): void {
    const { check } = this.#checker(name);
    if (this.#last !== undefined) {
      check('msg_ID', this.#last.id + 1, msg_ID);
      check('ledger.carried_in', this.#last.carriedOut, ledger.carried_in);
      check('run', Math.max(this.#last.run, run), run);
    } else if (this.#held.allResults || msg_ID === 0) {
      if (this.#taken === undefined) check('msg_ID', 0, msg_ID);
      check('ledger.carried_in', 0, ledger.carried_in);
    }
    check('lanes', this.lanes, lanes);
    check('lateness', this.isWhole ? 'all' : undefined, lateness);
    if (!this.isWhole) return;
    check('run', 0, run);
    check('late_hits', 0, late_hits);
    check('late_orbits', 0, late_orbits);
  }

  #checkInput({ input, lost = {}, ledger }: BatchMessage, name: string): HistoryEntry['input'] {
    const { check } = this.#checker(name);
    this.carriedLost += ledger.carried_lost ?? 0;
    for (const [key, ranges] of Object.entries(lost)) {
      const partition = Number(key);
      ranges.forEach(([from, to], index) => {
        check(`lost.${key}[${index}][0]`, this.#reached.get(partition) ?? this.#taken?.(partition) ?? from, from);
        check(`lost.${key}[${index}][1]`, Math.max(from, to), to);
        this.#reached.set(partition, to);
        this.lost.push([partition, from, to]);
      });
    }
    return Object.entries(input).map(([key, [from, to]]) => {
      const partition = Number(key);
      check(`input.${key}[0]`, this.#reached.get(partition) ?? this.#taken?.(partition) ?? from, from);
      check(`input.${key}[1]`, Math.max(from, to), to);
      this.#reached.set(partition, to);
      return [partition, from, to] as const;
    });
  }

  /** Keeps the messages that can be recounted: those after the last message whose rows are gone. */
  #collect(entry: HistoryEntry, message: BatchMessage): void {
    const isHeld = entry.input.every(([partition, from]) => from >= (this.#held.raw.get(partition) ?? Infinity));
    if (!isHeld) {
      this.#forgetEntries();
      this.skipped++;
    } else if (this.entries.length > 0 || takenOver(entry) === 0) {
      this.#checkChambers(message);
      if (this.entries.length === 0) this.lit.recountFrom();
      this.entries.push(entry);
      this.#sum.add(withoutLost(message));
      this.physics.add(message);
      this.#addLists(message);
    } else {
      this.skipped++;
    }
    this.lit.add(message);
  }

  /** Hits of a message with other chambers cannot be recounted. */
  #checkChambers({ msg_ID, chambers }: BatchMessage): void {
    if (chambers === undefined) return;
    const { check } = this.#checker(`${this.#producer} msg_ID ${msg_ID}`);
    check('chambers (of another geometry?)', chambersText(this.#chambers), chambersText(chambers));
  }

  #addLists({ orbit_detail, active_tdc_chamber }: BatchMessage): void {
    if (orbit_detail !== 'full') this.#listHash = undefined;
    if (this.#listHash === undefined) return;
    for (const [chamber, { bin_edges, hist_counts }] of Object.entries(active_tdc_chamber)) {
      for (const [index, orbit] of bin_edges.entries()) {
        this.#listHash = addHash(this.#listHash, listHash(Number(chamber), orbit, hist_counts[index]));
      }
    }
  }

  #checker(name: string): { check: Differences['check'] } {
    return { check: (what, expected, got) => this.#differences.check(`${name}: ${what}`, expected, got) };
  }
}

/** Rows that a message took over and that could be read. */
function takenOver({ ledger }: HistoryEntry): number {
  return ledger.carried_in - (ledger.carried_lost ?? 0);
}

/** The message without its lost carried rows, which no recount of the existing rows can see. */
function withoutLost(message: BatchMessage): BatchMessage {
  const { carried_lost: lost = 0, ...ledger } = message.ledger;
  return { ...message, ledger: { ...ledger, carried_in: ledger.carried_in - lost } };
}
