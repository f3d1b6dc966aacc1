import { orbitNsOf, type Geometry } from '../../domain/geometry.js';
import type { FaultArgs } from './arguments.js';
import type { FaultKind } from './kinds.js';

/** Something that goes wrong in the detector or its read-out at a known time, on purpose. */
export interface Fault {
  readonly kind: FaultKind;
  /** As it was asked for, without its times: `dead:1:37`. */
  readonly text: string;
  readonly args: FaultArgs;
  /** From when, in detector seconds since the first row. */
  readonly startS: number;
  /** Until when, exclusive; Infinity = to the end. Equal to `startS` where the fault is a moment. */
  readonly endS: number;
}

/** As it is asked for: `dead:1:37@700-1000`. */
export function textOf({ text, startS, endS }: Fault): string {
  return `${text}@${startS}${Number.isFinite(endS) && endS > startS ? `-${endS}` : ''}`;
}

/** The time in which a fault acts, in orbits since the first row: [from, until). */
export interface OrbitWindow {
  readonly from: number;
  readonly until: number;
}

export function windowOf({ startS, endS }: Fault, { clock }: Pick<Geometry, 'clock'>): OrbitWindow {
  const orbitS = orbitNsOf(clock) * 1e-9;
  return { from: startS / orbitS, until: endS / orbitS };
}
