import { cutSlack } from './chamber-time.js';

/** Times further apart than this are of different muons. */
const stretchNs = 25;
const timesFirst = 64;

/**
 * The time reference of each chamber in one orbit from the segments of the *other* chambers: the mean of the stretch of
 * most times not longer than 25 ns, the earlier of two equal ones.
 *
 * Nothing is allocated after construction, until an orbit has more segments than any before.
 */
export class EventReference {
  readonly #tickNs: number;
  /** Times in order, and whose they are. */
  #timesNs = new Float64Array(timesFirst);
  #chambers = new Uint8Array(timesFirst);
  #count = 0;

  constructor(tickNs: number) {
    this.#tickNs = tickNs;
  }

  /** Begins the next orbit. */
  clear(): void {
    this.#count = 0;
  }

  /**
   * Takes a segment's time, `t0 + t0Ns` of its chamber in ns from the start of the orbit; those with an
   * {@link isWeakTime | uncertain} one are left out by the caller.
   */
  add(chamber: number, timeNs: number): void {
    if (this.#count === this.#timesNs.length) this.#grow();
    let at = this.#count++;
    for (; at > 0 && this.#timesNs[at - 1] > timeNs; at--) {
      this.#timesNs[at] = this.#timesNs[at - 1];
      this.#chambers[at] = this.#chambers[at - 1];
    }
    this.#timesNs[at] = timeNs;
    this.#chambers[at] = chamber;
  }

  /** Reference of a chamber, in ticks from the start of the orbit; undefined without a segment elsewhere. */
  of(chamber: number): number | undefined {
    const times = this.#timesNs;
    let most = 0;
    let mean = 0;
    for (let first = 0; first < this.#count; first++) {
      if (this.#chambers[first] === chamber) continue;
      let count = 0;
      let sum = 0;
      for (let at = first; at < this.#count && times[at] - times[first] <= stretchNs + cutSlack; at++) {
        if (this.#chambers[at] === chamber) continue;
        count++;
        sum += times[at];
      }
      if (count <= most) continue;
      most = count;
      mean = sum / count;
    }
    return most === 0 ? undefined : Math.floor(mean / this.#tickNs + 0.5 + cutSlack);
  }

  #grow(): void {
    const [times, chambers] = [this.#timesNs, this.#chambers];
    this.#timesNs = new Float64Array(2 * times.length);
    this.#timesNs.set(times);
    this.#chambers = new Uint8Array(2 * chambers.length);
    this.#chambers.set(chambers);
  }
}
