import type { LookSums } from './look.js';

/** What a look says of an object for one test; the same object look after look, as there are thousands of them. */
export interface Measure {
  /** What was counted, and of how much: sums of both over looks give what is observed. */
  count: number;
  of: number;
  /** Increments of the detectors, one for each direction, and of their ways back. */
  readonly increments: number[];
  readonly returns: number[];
  /** Mean increment, were the object at the alternative. */
  expected: number;
}

/** Why a look says nothing. */
export interface NoMeasure {
  readonly why: string;
  /** Whether an alarm stands meanwhile; otherwise nothing is known of it any more. */
  readonly keepsAlarm: boolean;
}

/** How a test measures an object. */
export interface Statistic {
  measure(look: LookSums): Readonly<Measure> | NoMeasure;
  /** What is observed, from sums of `count` and `of`; null of nothing. */
  observed(count: number, of: number): number | null;
  /** The same at the reference; without one, at the edge of the band. */
  readonly value: number;
  /** Whether it rests on a reference. */
  readonly hasReference: boolean;
  /** Which value is further out than another: of what is observed. Default: by the ratio to {@link value}. */
  distance?(observed: number): number;
}

/** A measure of nothing, with so many directions. */
export function emptyMeasure(directions: 1 | 2): Measure {
  const none = (): number[] => new Array<number>(directions).fill(0);
  return { count: 0, of: 0, increments: none(), returns: none(), expected: 0 };
}
