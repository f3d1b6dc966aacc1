import type { Fault } from './fault.js';
import { type FaultContext, kindRules } from './kinds.js';

/** Where a fault shows: the number of the row from 0, of one that was taken that of the row in its place, and the raw orbit. */
export interface AffectedRow {
  readonly row: number;
  readonly orbit: number;
}

/** What a fault did to the rows that were written. */
export class FaultRecord {
  readonly fault: Fault;
  #first: AffectedRow | undefined;
  #last: AffectedRow | undefined;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  /** A row that the fault made, changed or took; rows in their order. */
  add(row: AffectedRow): void {
    this.#first ??= row;
    this.#last = row;
  }

  get isSeen(): boolean {
    return this.#first !== undefined;
  }

  /** Its line of the truth; the format is in docs/simulator.md. */
  line(context: Omit<FaultContext, 'startS'>): object {
    const { kind, args, startS, endS } = this.fault;
    const expected = kindRules[kind].expect(args, { ...context, startS });
    return {
      fault: kind,
      args,
      row_first: this.#first?.row ?? null,
      row_last: this.#last?.row ?? null,
      orbit_first: this.#first?.orbit ?? null,
      orbit_last: this.#last?.orbit ?? null,
      at_s: startS,
      until_s: Number.isFinite(endS) ? endS : null,
      expect: expected.tests,
      also: (expected.also ?? []).filter((test) => !expected.tests.includes(test)),
      object: expected.object,
    };
  }
}
