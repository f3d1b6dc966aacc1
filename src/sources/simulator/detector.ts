import {
  type Chamber,
  type Geometry,
  cellWidthMm,
  chamberChannels,
  chamberLayers,
  layerOf,
  wirePositionMm,
} from '../../domain/geometry.js';
import { hitLimits } from '../../domain/hit.js';
import { rowCode, wireCodes } from '../../domain/row-code.js';

/** Cells of a layer. */
export const layerCells = chamberChannels / chamberLayers;

/** Side of a chamber in mm, along and across its wires: 16 cells and the stagger of half a cell. */
export const chamberSideMm = (layerCells + 0.5) * cellWidthMm;

/** Time before the earliest hit of a muon that its time resolution may use up, in ns. */
const leadNs = 25;
/** Inputs of a board that carry something else than a chamber, at most. */
const strayWiresOfBoard = 16;

/** One layer of one chamber. The *wire* of a channel is `fpga * 512 + channel`, here and everywhere in the simulator. */
export interface LayerPlane {
  /** Number of the chamber, and of the layer in it from the top. */
  readonly chamber: number;
  readonly layer: number;
  /** Height of the wires above the floor, in mm. */
  readonly heightMm: number;
  /** Position of the first wire along the layer, in mm. */
  readonly firstWireMm: number;
  /** Wire of the first cell; the next cell's is {@link chamberLayers} further. */
  readonly firstWire: number;
  /** A rotated chamber measures the other view. */
  readonly rotated: boolean;
  /** Time from the muon to a hit that did not drift at all, in ns. */
  readonly delayNs: number;
}

/** What the simulation needs of a geometry, looked up once. */
export interface Detector {
  readonly planes: readonly LayerPlane[];
  /** The longest drift, half a cell, in ns. */
  readonly driftTimeNsMax: number;
  /** Height at which muons are thrown, the middle of the stack, in mm. */
  readonly middleMm: number;
  /** Wire of the first trigger channel, -1 without one. */
  readonly scintillatorWire: number;
  /** Time from the muon to the scintillator's hit, in ns. */
  readonly scintillatorDelayNs: number;
  /** Inputs of the boards in use that belong to nothing. */
  readonly strayWires: readonly number[];
}

/**
 * The detector of a geometry.
 *
 * The delays are such that `t_hit - t_scintillator + t0` of each chamber is its drift time: cables and time of flight,
 * which t0 takes out of real data, are all in them.
 */
export function detectorOf(geometry: Geometry): Detector {
  const scintillatorLagNs = Math.max(0, ...geometry.chambers.map((chamber) => chamber.t0Ns));
  const planes = geometry.chambers.flatMap((chamber, index) =>
    planesOf(chamber, index, leadNs + scintillatorLagNs - chamber.t0Ns),
  );
  const heights = planes.map((plane) => plane.heightMm);
  const trigger = geometry.triggers.at(0);
  return {
    planes,
    driftTimeNsMax: cellWidthMm / 2 / (geometry.driftVelocityUmNs / 1000),
    middleMm: (Math.min(...heights) + Math.max(...heights)) / 2,
    scintillatorWire: trigger === undefined ? -1 : wireOf(trigger.fpga, trigger.channel),
    scintillatorDelayNs: leadNs + scintillatorLagNs,
    strayWires: strayWiresOf(geometry),
  };
}

/** The wire of a channel. */
export function wireOf(fpga: number, channel: number): number {
  return fpga * hitLimits.TDC_CHANNEL + channel;
}

function planesOf(chamber: Chamber, index: number, delayNs: number): LayerPlane[] {
  return Array.from({ length: chamberLayers }, (_, position) => position)
    .sort((one, other) => layerOf(one) - layerOf(other))
    .map((position) => {
      const { x, y } = wirePositionMm(chamber, position);
      const firstWire = wireOf(chamber.fpga, chamber.channelFirst + position);
      const layer = layerOf(position);
      return { chamber: index, layer, heightMm: y, firstWireMm: x, firstWire, rotated: chamber.rotated, delayNs };
    });
}

function strayWiresOf(geometry: Geometry): number[] {
  const codes = wireCodes(geometry);
  const boards = [...new Set(geometry.chambers.map((chamber) => chamber.fpga))].sort((one, other) => one - other);
  return boards.flatMap((board) => {
    const wires = Array.from({ length: hitLimits.TDC_CHANNEL }, (_, channel) => wireOf(board, channel));
    return wires.filter((wire) => codes[wire] === rowCode.droppedChannel).slice(0, strayWiresOfBoard);
  });
}
