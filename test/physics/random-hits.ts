import { layerOf } from '../../src/domain/geometry.js';
import type { RandomSource } from '../helpers/random/random-source.js';

/** What random hits of a chamber depend on. */
export interface HitShape {
  readonly velocityUmNs: number;
  readonly tickNs: number;
  readonly t0Ns: number;
}

/**
 * Hits of a chamber in one orbit: often those of a straight track, with lost and repeated ones and noise beside it, at
 * times of nothing but noise, now and then very many. Ticks are multiples of `coarse` from the reference.
 */
export function randomHits(
  random: RandomSource,
  { velocityUmNs, tickNs, t0Ns }: HitShape,
  columns: number,
  coarse = 1,
): { channels: number[]; ticks: number[] } {
  const channels: number[] = [];
  const ticks: number[] = [];
  const push = (channel: number, driftNs: number): void => {
    channels.push(channel);
    ticks.push(coarse * Math.round((driftNs - t0Ns) / tickNs / coarse));
  };
  const uniform = (): number => random.uint32() / 2 ** 32;
  for (let muons = random.pick([0, 1, 1, 1, 1, 2]); muons > 0; muons--) {
    const slope = 2.4 * uniform() - 1.2;
    const place = uniform() * 42 * columns;
    for (let channel = 0; channel < 4 * columns; channel++) {
      const layer = layerOf(channel);
      const wire = 42 * (channel >> 2) + 21 + 21 * (layer & 1);
      const x = place + slope * (19.5 - 13 * layer);
      const distance = Math.abs(x - wire);
      if (distance > 21 || random.oneIn(12)) continue;
      push(channel, (1000 * distance) / velocityUmNs + 8 * (uniform() - 0.5));
      if (random.oneIn(8)) push(channel, 500 * uniform());
    }
  }
  const noise = random.pick([0, 0, 0, 1, 2, 4, 8, random.oneIn(4) ? 40 : 3]);
  const first = random.below(4 * columns);
  for (let index = 0; index < noise; index++) {
    push((first + random.below(noise === 40 ? 4 * columns : 16)) % (4 * columns), 500 * uniform() - 40);
  }
  for (let index = channels.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [channels[index], channels[other]] = [channels[other], channels[index]];
    [ticks[index], ticks[other]] = [ticks[other], ticks[index]];
  }
  return { channels, ticks };
}
