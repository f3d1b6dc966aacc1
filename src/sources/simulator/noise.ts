import { type Geometry, chamberChannels } from '../../domain/geometry.js';
import { wireOf } from './detector.js';
import type { ResolvedSimulatorOptions } from './options.js';
import type { Random } from './random.js';

/** Which channel makes the next noise hit: wires beside the running sum of their rates. */
export interface NoiseTable {
  readonly wires: Uint16Array;
  /** Sum of the rates up to and with each wire, in Hz. */
  readonly sumsHz: Float64Array;
  readonly totalHz: number;
}

/** The noise of every chamber channel: unequal as in a real detector, hot where asked, none where dead. */
export function noiseTableOf(options: ResolvedSimulatorOptions, random: Random): NoiseTable {
  const { geometry, hot } = options;
  const factors = new Map(hot.map((wire) => [chamberWire(geometry, wire), wire.factor]));
  const dead = deadWires(options);
  const count = geometry.chambers.length * chamberChannels;
  const wires = new Uint16Array(count);
  const sumsHz = new Float64Array(count);
  // The mean of exp(s * bell) is exp(s^2 / 2): without the shift a wider spread would raise the rate.
  const shift = options.noiseSpread ** 2 / 2;
  let totalHz = 0;
  for (let index = 0; index < count; index++) {
    const wire = chamberWire(geometry, {
      chamber: Math.floor(index / chamberChannels),
      channel: index % chamberChannels,
    });
    const spread = Math.exp(options.noiseSpread * random.bell() - shift);
    totalHz += dead[wire] === 1 ? 0 : options.noiseRateHz * spread * (factors.get(wire) ?? 1);
    wires[index] = wire;
    sumsHz[index] = totalHz;
  }
  return { wires, sumsHz, totalHz };
}

/** Draws the wire of a noise hit. */
export function drawNoiseWire(table: NoiseTable, random: Random): number {
  const at = random.uniform() * table.totalHz;
  let low = 0;
  let high = table.wires.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.sumsHz[middle] > at) high = middle;
    else low = middle + 1;
  }
  return table.wires[low];
}

/** Entry 1 for each wire that never gives a hit, 4096 entries. */
export function deadWires({ geometry, dead }: ResolvedSimulatorOptions): Uint8Array {
  const wires = new Uint8Array(4096);
  for (const wire of dead) wires[chamberWire(geometry, wire)] = 1;
  return wires;
}

/** The wire of a channel inside a chamber. */
export function chamberWire(geometry: Geometry, { chamber, channel }: { chamber: number; channel: number }): number {
  const { fpga, channelFirst } = geometry.chambers[chamber];
  return wireOf(fpga, channelFirst + channel);
}
