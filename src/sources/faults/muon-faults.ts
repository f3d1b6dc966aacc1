import type { LayerPlane } from '../simulator/detector.js';
import type { StageFault } from './stage-fault.js';

/** A fault that acts on what a particle leaves in a layer. */
export interface MuonFault extends StageFault {
  readonly chamber: number;
  /** undefined = every layer. */
  readonly layer: number | undefined;
  /** Share of the hits that is left. */
  readonly share: number;
  /** Drift velocity, in those of the geometry. */
  readonly velocity: number;
}

/** Faults of gas and high voltage, while hits are made: layer-hv, drift. */
export class MuonFaults {
  /** Of the last {@link look}: whether the hit is lost, and by what its drift time is divided. */
  isLost = false;
  velocity = 1;
  readonly #faults: readonly MuonFault[];

  constructor(faults: readonly MuonFault[]) {
    this.#faults = faults;
  }

  /** What becomes of a hit of a particle. */
  look({ chamber, layer }: LayerPlane, at: number): void {
    this.isLost = false;
    this.velocity = 1;
    for (const fault of this.#faults) {
      if (fault.chamber !== chamber || (fault.layer ?? layer) !== layer) continue;
      if (at < fault.window.from || at >= fault.window.until) continue;
      this.velocity *= fault.velocity;
      if (fault.share < 1 && !fault.random.chance(fault.share)) this.isLost = true;
    }
  }
}
