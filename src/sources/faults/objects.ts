import type { Geometry } from '../../domain/geometry.js';
import type { FaultArgs } from './arguments.js';

/** The object of a test of the whole detector. */
export const detectorText = 'detector';

export function channelText({ chamber, channel }: FaultArgs): string {
  return `${chamber}:${channel}`;
}

/** Chambers of which any may be named; none = the detector. */
export function chambersText(chambers: readonly number[]): string {
  return chambers.length === 0 ? detectorText : chambers.join();
}

export function boardChambers({ chambers }: Geometry, board: number): number[] {
  return chambers.flatMap(({ fpga }, index) => (fpga === board ? [index] : []));
}

/** Chambers with a trigger that times them. */
export function triggeredChambers(geometry: Geometry): number[] {
  return geometry.chambers.flatMap((_, index) => (triggerBoards(geometry, index).length > 0 ? [index] : []));
}

/** Chambers whose times are differences between the board and another one: those are wrong when the board slips. */
export function otherBoardChambers(geometry: Geometry, board: number): number[] {
  return geometry.chambers.flatMap(({ fpga }, index) =>
    triggerBoards(geometry, index).some((trigger) => (trigger === board) !== (fpga === board)) ? [index] : [],
  );
}

function triggerBoards({ triggers }: Geometry, chamber: number): number[] {
  return triggers
    .filter(({ time, chambers }) => time && (chambers === 'all' || chambers.includes(chamber)))
    .map(({ fpga }) => fpga);
}
