import type { Geometry } from '../../domain/geometry.js';
import { hitLimits } from '../../domain/hit.js';
import { chamberWire } from '../simulator/noise.js';

/** Entry 1 for each of the wires, 4096 entries. */
export function wiresOf(wires: readonly number[]): Uint8Array {
  const entries = new Uint8Array(hitLimits.FPGA * hitLimits.TDC_CHANNEL);
  for (const wire of wires) entries[wire] = 1;
  return entries;
}

export function chamberWires(geometry: Geometry, chamber: number): number[] {
  const first = chamberWire(geometry, { chamber, channel: 0 });
  return Array.from({ length: geometry.chambers[chamber].channels }, (_, channel) => first + channel);
}

export function boardWires(board: number): number[] {
  return Array.from({ length: hitLimits.TDC_CHANNEL }, (_, channel) => board * hitLimits.TDC_CHANNEL + channel);
}

/** Wires of all triggers. */
export function triggerWires({ triggers }: Geometry): number[] {
  return triggers.map(({ fpga, channel }) => fpga * hitLimits.TDC_CHANNEL + channel);
}
