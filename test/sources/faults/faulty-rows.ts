import { defaultGeometry, orbitNsOf } from '../../../src/domain/geometry.js';
import type { Hit } from '../../../src/domain/hit.js';
import { parseFaults } from '../../../src/sources/faults/parse.js';
import type { SimulatorOptions } from '../../../src/sources/simulator/options.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { readAll } from '../simulator/read-all.js';

/** A line of a fault in the truth. */
export interface FaultLine {
  readonly fault: string;
  readonly row_first: number | null;
  readonly row_last: number | null;
  readonly orbit_first: number | null;
  readonly expect: readonly string[];
  readonly object: string;
}

export const orbitS = orbitNsOf(defaultGeometry.clock) * 1e-9;
export const startOrbit = 2_500_000_000;

/** The CSV lines of a simulation with faults, without the header, and the lines of the faults. */
export async function faultyLines(fault: string | undefined, options: SimulatorOptions = {}) {
  const { geometry = defaultGeometry } = options;
  const faults = fault === undefined ? [] : parseFaults(fault, geometry);
  const source = openSimulator({ ...options, format: 'csv' }, undefined, faults);
  const lines = (await readAll(source)).toString('latin1').trimEnd().split('\n').slice(1);
  return { lines, truth: source.faultLines() as readonly FaultLine[], tally: source.tally() };
}

/** The same as hits; malformed lines are left out. */
export async function faultyRows(fault: string | undefined, options: SimulatorOptions = {}): Promise<Hit[]> {
  return (await faultyLines(fault, options)).lines.flatMap(hitOf);
}

export function hitOf(line: string): Hit[] {
  const fields = line.split(',').map(Number);
  if (fields.length !== 6 || fields.some(Number.isNaN)) return [];
  const [head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas] = fields;
  return [{ head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas }];
}

/** When a hit was measured, in seconds since the first row. */
export function secondsOf({ orbitCnt, bxCounter, tdcMeas }: Hit): number {
  return (orbitCnt - startOrbit + (bxCounter + tdcMeas / 30) / 3564) * orbitS;
}

export function isChannel(chamber: number, channel: number): (hit: Hit) => boolean {
  const { fpga, channelFirst } = defaultGeometry.chambers[chamber];
  return (hit) => hit.head === 2 && hit.fpga === fpga && hit.tdcChannel === channelFirst + channel;
}

export function isChamber(chamber: number): (hit: Hit) => boolean {
  const { fpga, channelFirst } = defaultGeometry.chambers[chamber];
  return (hit) => hit.head === 2 && hit.fpga === fpga && hit.tdcChannel >> 6 === channelFirst >> 6;
}
