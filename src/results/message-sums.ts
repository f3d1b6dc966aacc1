import type { Physics } from '../domain/physics-message.js';
import { PhysicsSum } from '../domain/physics-sum.js';
import type { IncomingMessage } from './incoming-message.js';
import { addToTotals, emptyTotals, type Totals } from './totals.js';

/** A message of `data_clean`, with its physics where it has any. */
export type SummedMessage = Omit<IncomingMessage, 'physics'> & { readonly physics?: Physics | null | undefined };

/** Sums over some messages of a group: of a window, of a minute, of everything since the start. */
export interface MessageSums {
  readonly messages: number;
  /** First batch opened, last batch closed, in ms since 1970; undefined without a message that says it. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Raw orbits of the oldest and the newest batch. */
  readonly orbitFirst: number | null;
  readonly orbitLast: number | null;
  readonly totals: Totals;
  /** Undefined without any, null where lanes may have split orbits. */
  readonly physics: Physics | null | undefined;
  /** Live seconds of the detector, the mean over its lanes; undefined where no message says it. */
  readonly liveS: number | undefined;
  /** Lanes that the physics is of: each counts the live time of the whole detector. */
  readonly lanes: number;
}

/** Adds up messages. */
export class MessageSum {
  #messages = 0;
  #fromMs: number | undefined;
  #toMs: number | undefined;
  #orbitFirst: number | null = null;
  #orbitLast: number | null = null;
  #liveS: number | undefined;
  readonly #totals: Totals = emptyTotals();
  readonly #physics = new PhysicsSum();
  readonly #producers = new Set<string>();

  add(message: SummedMessage): void {
    const { batch, physics, producer = '', lanes = 1 } = message;
    this.#messages++;
    addToTotals(this.#totals, message);
    this.#physics.add({ producer, physics });
    if (physics !== undefined && physics !== null) {
      this.#producers.add(producer);
      this.#liveS = (this.#liveS ?? 0) + physics.live_s / lanes;
    }
    const [openedMs, closedMs] = [Date.parse(batch?.opened ?? ''), Date.parse(batch?.closed ?? '')];
    if (openedMs < (this.#fromMs ?? Infinity)) {
      this.#fromMs = openedMs;
      this.#orbitFirst = batch?.orbit_first ?? this.#orbitFirst;
    }
    if (closedMs >= (this.#toMs ?? -Infinity)) {
      this.#toMs = closedMs;
      this.#orbitLast = batch?.orbit_last ?? this.#orbitLast;
    }
  }

  get sums(): MessageSums {
    return {
      messages: this.#messages,
      ...{ fromMs: this.#fromMs, toMs: this.#toMs, orbitFirst: this.#orbitFirst, orbitLast: this.#orbitLast },
      totals: this.#totals,
      physics: this.#physics.sum,
      liveS: this.#liveS,
      lanes: Math.max(1, this.#producers.size),
    };
  }
}
