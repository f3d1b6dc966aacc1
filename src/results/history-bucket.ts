import { type HistoryPart, joinFacts, partBytes, type PartFacts, PartSum } from './history-part.js';

/** What messages are added to. */
interface OpenPart {
  readonly sum: PartSum;
  facts: PartFacts | undefined;
  bands: Float64Array;
}

/** Messages of a minute, or of a piece of one that a mark cuts; in [startMs, endMs). */
export class HistoryBucket {
  #part: HistoryPart | undefined;
  /** While messages are added; the part is then packed from it when it is asked for. */
  #open: OpenPart | undefined;

  constructor(
    readonly startMs: number,
    readonly endMs: number,
  ) {}

  /** The sums of its messages; undefined before the first. */
  get part(): HistoryPart | undefined {
    if (this.#open?.facts !== undefined) this.#part ??= this.#open.sum.toPart(this.#open.facts, this.#open.bands);
    return this.#part;
  }

  /** Bytes that it takes while nothing is added, about. */
  get bytes(): number {
    return this.#open === undefined && this.#part !== undefined ? partBytes(this.#part) : 0;
  }

  add(message: HistoryPart): void {
    this.#open ??= this.#opened();
    this.#part = undefined;
    const open = this.#open;
    open.sum.add(message);
    open.facts = open.facts === undefined ? message : joinFacts(open.facts, message);
    open.bands = addBands(open.bands, message.bands);
  }

  /** Packs what was added, until more is. */
  close(): void {
    this.#part = this.part;
    this.#open = undefined;
  }

  #opened(): OpenPart {
    const part = this.#part;
    const sum = new PartSum();
    if (part !== undefined) sum.add(part);
    return { sum, facts: part, bands: part?.bands ?? new Float64Array(0) };
  }
}

function addBands(one: Float64Array, other: Float64Array): Float64Array {
  const sum = new Float64Array(Math.max(one.length, other.length));
  sum.set(one);
  other.forEach((orbits, index) => (sum[index] += orbits));
  return sum;
}
