import { type Fault, textOf } from '../faults/fault.js';
import type { LayerPlane } from './detector.js';
import type { ResolvedSimulatorOptions } from './options.js';
import type { Track } from './track.js';
import { cellWidthMm } from '../../domain/geometry.js';

/** A layer that a muon crosses. */
export interface PlaneCrossing {
  readonly plane: LayerPlane;
  /** Where, as a number of cells from the left edge of the first one. */
  readonly cells: number;
  /** Whether the cell gave a hit of the muon itself. */
  readonly isHit: boolean;
}

/** A muon as it was thrown. */
export interface Muon {
  /** 1 for the first muon. */
  readonly number: number;
  readonly orbit: number;
  /** Time of the muon itself in its orbit, without delays. */
  readonly ns: number;
  readonly track: Track;
  /** Layers crossed inside of the chamber, by chamber and layer. */
  readonly crossings: readonly PlaneCrossing[];
}

/** Text that waits to be written, at most about this long before no more rows are made. */
const waitingLengthMax = 1 << 20;

/**
 * The truth of a simulation as JSON lines: a first line about the simulation, then a line for each muon and each fault.
 * The format is in docs/simulator.md.
 */
export class TruthLines {
  /** Whether muons are wanted, too. */
  readonly hasMuons: boolean;
  #waiting: string[] = [];
  #length = 0;

  constructor({ hasMuons = true }: { readonly hasMuons?: boolean } = {}) {
    this.hasMuons = hasMuons;
  }

  /** Whether the lines should be taken before more rows are made. */
  get isFull(): boolean {
    return this.#length >= waitingLengthMax;
  }

  /** Adds the first line. */
  begin({ seed, geometry, ...simulator }: ResolvedSimulatorOptions, faults: readonly Fault[]): void {
    this.#add({ truth: 1, seed, geometry, simulator, ...(faults.length > 0 && { faults: faults.map(textOf) }) });
  }

  /** Adds the line of a muon, whose orbit is the raw one. */
  add({ number, orbit, ns, track, crossings }: Muon): void {
    this.#add({
      muon: number,
      orbit,
      ns: rounded(ns, 1e3),
      x_mm: rounded(track.xMm, 1e4),
      y_mm: rounded(track.yMm, 1e4),
      slope_x: rounded(track.slopeX, 1e6),
      slope_y: rounded(track.slopeY, 1e6),
      planes: crossings.map(({ plane, cells, isHit }) => {
        const cell = Math.floor(cells);
        const xMm = plane.firstWireMm + (cells - 0.5) * cellWidthMm;
        return [plane.chamber, plane.layer, cell, rounded(xMm, 1e4), Number(cells - cell >= 0.5), Number(isHit)];
      }),
    });
  }

  /** Adds the lines of faults, whose rows are all made. */
  addFaults(lines: readonly object[]): void {
    for (const line of lines) this.#add(line);
  }

  /** Takes the lines added so far, each with its line end. */
  take(): string {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#length = 0;
    return text;
  }

  #add(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#waiting.push(line);
    this.#length += line.length;
  }
}

function rounded(value: number, scale: number): number {
  return Math.round(value * scale) / scale;
}
