import type { BatchMessage, Ledger } from '../domain/batch-message.js';
import type { ChamberPhysics, Physics } from '../domain/physics-message.js';
import { PhysicsSum } from '../domain/physics-sum.js';

/** When a message was published, and what it reached. */
export interface Moment {
  /** Last lit slot, as raw orbit / 64. */
  readonly last: number;
  /** ISO 8601 time, UTC. */
  readonly closed: string;
  /** Live seconds of the run, as far as they were read. */
  readonly runS: number;
}

/** Sums over the messages of a look; its moment is that of the newest one. */
export interface LookSums extends Moment {
  readonly run: number;
  /** Whether it began before the first message of the run that was read: its data say nothing. */
  readonly isCut: boolean;
  /** Live slots and seconds of the detector: the mean over lanes. */
  readonly slots: number;
  readonly liveS: number;
  readonly rowsRead: number;
  readonly rejected: Ledger['rejected'];
  /** Rows of a channel that is in no chamber and no trigger. */
  readonly droppedChannel: number;
  readonly triggerOrbits: number;
  readonly chambers: readonly ChamberSums[];
}

/** Sums of one chamber under the keys of a message. */
export interface ChamberSums extends ChamberPhysics {
  /** Entry n = orbits in which n channels were active. */
  readonly active: readonly number[];
  readonly hits: number;
}

/** What a look needs of a message. */
type LookMessage = Pick<BatchMessage, 'producer' | 'run' | 'batch' | 'ledger'> &
  Pick<BatchMessage, 'active_channels_chamber' | 'hit_count_chamber'> & { readonly physics: Physics };

/** Orbits in which a chamber had a hit. @param active entry n = orbits in which n channels were active */
export function orbitsSeen(active: readonly number[]): number {
  return active.reduce((sum, orbits, channels) => (channels === 0 ? sum : sum + orbits), 0);
}

/** Slots in the shortest look. */
export function lookSlots(lookS: number, slotS: number): number {
  return Math.max(1, Math.ceil(lookS / slotS - 1e-9));
}

/**
 * Cuts the sequence of messages into looks. A message ends a look where its last slot lies in another block than that of
 * the message before, so borders depend on two neighbouring messages only, not on where the reading began.
 *
 *     messages   ──┬────┬──╫─┬────┬────╫──┬─────      │ end of a message   ║ border of blocks of 176 slots
 *     looks      ── cut ─────┤── look ────┤─────      the first one of a run is cut
 */
export class Looks {
  readonly #slots: number;
  readonly #slotS: number;
  #run = -1;
  #runSlots = 0;
  #block: number | undefined;
  #isCut = true;
  #open = new OpenLook();

  /** @param slots of the shortest look: {@link lookSlots} */
  constructor({ slots, slotS }: { readonly slots: number; readonly slotS: number }) {
    this.#slots = slots;
    this.#slotS = slotS;
  }

  /** Adds the next message of the sequence; returns the look that ends with it. */
  add(message: LookMessage, lanes: number): LookSums | undefined {
    const { run, batch, physics } = message;
    // Of a lane that is still in the run before: the look that it belongs to was given up.
    if (run < this.#run) return undefined;
    if (run > this.#run) {
      this.restart();
      this.#run = run;
      this.#runSlots = 0;
    }
    this.#open.add(message, lanes);
    this.#runSlots += physics.slots.live / lanes;
    const { last } = physics.slots;
    if (last === null) return undefined;
    const block = Math.floor(last / this.#slots);
    const isEnd = this.#block !== undefined && block !== this.#block;
    this.#block = block;
    if (!isEnd) return undefined;
    const look = this.#open.sums({ last, closed: batch.closed, runS: this.#runSlots * this.#slotS }, this.#slotS);
    const isCut = this.#isCut;
    this.#open = new OpenLook();
    this.#isCut = false;
    return { ...look, run, isCut };
  }

  /** What comes next does not follow what came before. */
  restart(): void {
    this.#open = new OpenLook();
    this.#block = undefined;
    this.#isCut = true;
  }
}

/** The sums of a look whose end has not come. */
class OpenLook {
  readonly #physics = new PhysicsSum();
  #slots = 0;
  #rowsRead = 0;
  readonly #rejected = { fields: 0, number: 0, range: 0 };
  #droppedChannel = 0;
  readonly #chambers: { readonly active: number[]; hits: number }[] = [];

  add(message: LookMessage, lanes: number): void {
    const { physics, ledger, active_channels_chamber: active, hit_count_chamber: hits } = message;
    this.#physics.add(message);
    this.#slots += physics.slots.live / lanes;
    this.#rowsRead += ledger.rows_read;
    this.#rejected.fields += ledger.rejected.fields;
    this.#rejected.number += ledger.rejected.number;
    this.#rejected.range += ledger.rejected.range;
    this.#droppedChannel += ledger.dropped.channel;
    hits.forEach((count, chamber) => {
      const sums = (this.#chambers[chamber] ??= { active: [], hits: 0 });
      sums.hits += count;
      active[chamber].forEach((orbits, channels) => (sums.active[channels] = (sums.active[channels] ?? 0) + orbits));
    });
  }

  sums(moment: Moment, slotS: number): Omit<LookSums, 'run' | 'isCut'> {
    const physics = this.#physics.sum;
    return {
      ...moment,
      slots: this.#slots,
      liveS: this.#slots * slotS,
      rowsRead: this.#rowsRead,
      rejected: this.#rejected,
      droppedChannel: this.#droppedChannel,
      triggerOrbits: physics?.trigger.orbits ?? 0,
      chambers: this.#chambers.flatMap((sums, chamber) => {
        const counts = physics?.chambers[chamber];
        return counts === undefined ? [] : [{ ...counts, ...sums }];
      }),
    };
  }
}
