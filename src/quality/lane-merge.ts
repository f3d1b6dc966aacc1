import type { BatchMessage } from '../domain/batch-message.js';

/** A message in its place among those of all lanes. */
export interface MergedMessage {
  readonly message: BatchMessage;
  /** Lanes of the group: each of them counts the live time of the whole detector. */
  readonly lanes: number;
}

/** A message that waits for those of other lanes. */
interface HeldMessage {
  readonly message: BatchMessage;
  readonly lane: number;
  /** Last lit slot so far; undefined before the first one of the lane. */
  readonly last: number | undefined;
}

/** Slots of one turn of the orbit counter, which has 32 bits. */
const turnSlots = 2 ** 26;

/**
 * Most held messages, counted in chambers, since these make their size: about 60 MB. Beyond them, lanes that are this far
 * behind are no longer waited for.
 */
const heldChambersMax = 4096;

/**
 * The messages of all lanes of a group as one sequence, in order of run, last lit slot and lane. A message is released as
 * soon as every other lane has shown a later one, or is idle. So the sequence does not depend on how lanes interleave.
 *
 *     lane 0   ── 176 ── 352 ─────────── 704 ──►      released: 176 (0), 180 (1), 352 (0), 530 (1)
 *     lane 1   ─── 180 ───── 530 ──►                  held:     704 (0), until lane 1 shows a later one
 */
export class LaneMerge {
  /** Messages that are held, by producer; an empty list is a lane that owes the next one. */
  readonly #held = new Map<string, HeldMessage[]>();
  readonly #last = new Map<string, number>();
  readonly #idle = new Set<string>();
  #heldChambers = 0;

  /** Takes a message, of each lane in its order, and returns those that are released. */
  add(message: BatchMessage): MergedMessage[] {
    const { producer, physics } = message;
    const last = physics?.slots.last ?? this.#last.get(producer);
    if (last !== undefined) this.#last.set(producer, last);
    this.#idle.delete(producer);
    let queue = this.#held.get(producer);
    if (queue === undefined) this.#held.set(producer, (queue = []));
    queue.push({ message, lane: laneOf(producer), last });
    this.#heldChambers += chambersOf(message);
    return this.#release();
  }

  /** A lane is not waited for until its next message. Returns what is released. */
  idle(producer: string): MergedMessage[] {
    this.#idle.add(producer);
    return this.#release();
  }

  #release(): MergedMessage[] {
    const released: MergedMessage[] = [];
    for (;;) {
      const first = this.#first();
      if (first === undefined) return released;
      const { message } = first;
      if (this.#isOwed(message) && this.#heldChambers <= heldChambersMax) return released;
      this.#held.get(message.producer)?.shift();
      this.#heldChambers -= chambersOf(message);
      released.push({ message, lanes: message.lanes });
    }
  }

  /** The first one of those that are held. */
  #first(): HeldMessage | undefined {
    let first: HeldMessage | undefined;
    for (const queue of this.#held.values()) {
      const head = queue.at(0);
      if (head !== undefined && (first === undefined || isBefore(head, first))) first = head;
    }
    return first;
  }

  /** Whether a lane of its group has shown nothing after a message that is the first of all. */
  #isOwed({ producer, lanes }: BatchMessage): boolean {
    if (lanes === 1) return false;
    const group = groupOf(producer);
    for (let lane = 0; lane < lanes; lane++) {
      const other = `${group}/${lane}`;
      if ((this.#held.get(other)?.length ?? 0) === 0 && !this.#idle.has(other)) return true;
    }
    return false;
  }
}

/** `<group>/<lane>` is the name of a producer. */
function groupOf(producer: string): string {
  return producer.slice(0, Math.max(0, producer.lastIndexOf('/')));
}

function laneOf(producer: string): number {
  return Number(producer.slice(producer.lastIndexOf('/') + 1));
}

function isBefore(one: HeldMessage, other: HeldMessage): boolean {
  if (one.message.run !== other.message.run) return one.message.run < other.message.run;
  if (one.last === other.last) return one.lane < other.lane;
  if (one.last === undefined || other.last === undefined) return one.last === undefined;
  // The counter wraps: the shorter way round tells which one is ahead.
  return (other.last - one.last + turnSlots) % turnSlots < turnSlots / 2;
}

function chambersOf({ hit_count_chamber }: BatchMessage): number {
  return Math.max(1, hit_count_chamber.length);
}
