import type { LookSums } from './look.js';

/** What a look says of an object for one test. */
export interface Measure {
  /** What was counted, and of how much: sums of both over looks give what is observed. */
  readonly count: number;
  readonly of: number;
  /** Increments of the detectors, one for each direction, and of their ways back. */
  readonly increments: readonly number[];
  readonly returns: readonly number[];
  /** Mean increment, were the object at the alternative. */
  readonly expected: number;
}

/** Why a look says nothing. */
export interface NoMeasure {
  readonly why: string;
  /** Whether an alarm stands meanwhile; otherwise nothing is known of it any more. */
  readonly keepsAlarm: boolean;
}

/** How a test measures an object. */
export interface Statistic {
  measure(look: LookSums): Measure | NoMeasure;
  /** What is observed, from sums of `count` and `of`; null of nothing. */
  observed(count: number, of: number): number | null;
  /** The same at the reference; without one, at the edge of the band. */
  readonly value: number;
  /** Whether it rests on a reference. */
  readonly hasReference: boolean;
  /** Which value is further out than another: of what is observed. Default: by the ratio to {@link value}. */
  distance?(observed: number): number;
}

/** Nothing of a kind in a look: no increment. */
export const nothing: Measure = { count: 0, of: 0, increments: [0], returns: [0], expected: 0 };
