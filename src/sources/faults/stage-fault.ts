import type { ClockUnits } from '../../domain/geometry.js';
import type { Random } from '../simulator/random.js';
import type { OrbitWindow } from './fault.js';
import type { FaultRecord } from './record.js';

/** What every fault on rows works with. */
export interface StageFault {
  readonly window: OrbitWindow;
  /** Notes the rows that it touches. */
  readonly record: FaultRecord;
  /** A stream of its own, so that a fault leaves all others as they are. */
  readonly random: Random;
  readonly clock: ClockUnits;
  /** Whether the rows at hand are words. */
  readonly isWords: () => boolean;
}

export function isIn({ from, until }: OrbitWindow, at: number): boolean {
  return at >= from && at < until;
}
