import { detectorOf, wireOf } from './detector.js';
import { noiseTableOf } from './noise.js';
import type { ResolvedSimulatorOptions } from './options.js';
import { Random } from './random.js';
import { crossingCells, drawTrack } from './track.js';

/** Muons thrown to find the share that crosses a cell: 1 % for a cell in the middle. */
const muons = 200_000;

/**
 * Mean rate of all hits of a channel, in Hz: noise, muons, delta rays, and the afterpulses of all of them.
 *
 * @param wire of a chamber
 */
export function channelRateHz(options: ResolvedSimulatorOptions, wire: number): number {
  const noise = noiseTableOf(options, new Random(options.detectorSeed, 1));
  const at = noise.wires.indexOf(wire);
  const noiseHz = noise.sumsHz[at] - (at === 0 ? 0 : noise.sumsHz[at - 1]);
  const { geometry, dead } = options;
  const isDead = dead.some(({ chamber, channel }) => {
    const { fpga, channelFirst } = geometry.chambers[chamber];
    return wireOf(fpga, channelFirst + channel) === wire;
  });
  return isDead ? 0 : (noiseHz + options.muonRateHz * hitsPerMuon(options, wire)) * (1 + options.afterpulseShare);
}

function hitsPerMuon(
  { geometry, layerEfficiency, cellEfficiency, deltaRayShare }: ResolvedSimulatorOptions,
  wire: number,
) {
  const { planes, middleMm } = detectorOf(geometry);
  const cellOf = ({ firstWire }: { firstWire: number }): number => (wire - firstWire) / 4;
  const plane = planes.find((one) => Number.isInteger(cellOf(one)) && cellOf(one) >= 0 && cellOf(one) < 16);
  if (plane === undefined) return 0;
  const cell = cellOf(plane);
  const efficiency = layerEfficiency.at(plane.layer) ?? cellEfficiency;
  const random = new Random(1, 0);
  let hits = 0;
  for (let muon = 0; muon < muons; muon++) {
    const cells = crossingCells(drawTrack(random), plane, middleMm);
    if (cells < 0) continue;
    const distance = Math.abs(Math.floor(cells) - cell);
    if (distance === 0) hits += efficiency;
    else if (distance === 1) hits += deltaRayShare / 2;
  }
  return hits / muons;
}
