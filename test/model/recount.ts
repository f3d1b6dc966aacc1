import { type Geometry, chamberChannels } from '../../src/domain/geometry.js';
import { nearOrbits } from './clock.js';
import type { Row } from './classify.js';
import type { ModelMessage } from './model.js';

/** What all batches together must say, whatever their borders. */
export interface Totals {
  readonly hit_count: number;
  /** Hits of every channel that has one: `chamber/board channel` → count. */
  readonly channels: ReadonlyMap<string, number>;
  /** Entry n of a chamber = orbits in which n of its channels were active. */
  readonly active_channels_chamber: readonly (readonly number[])[];
  readonly orbits: number;
}

/**
 * Counts rows without a batch, a watermark or a waiting row in sight.
 *
 * @param rows of a stream without corrupt orbits, in order: every step of more than 2^20 orbits is meant, a step back is
 *   a new run, and so is another mark; in any order where an orbit is its raw counter
 */
export function recount(
  rows: readonly (Row & { readonly mark?: string | undefined })[],
  geometry: Geometry,
  isRaw = false,
): Totals {
  const channels = new Map<string, number>();
  const activeByOrbit = new Map<string, Set<number>[]>();
  let run = 0;
  let last: number | undefined;
  let mark: string | undefined;
  for (const row of rows) {
    if (row.kind !== 'hit' && row.kind !== 'scintillator') continue;
    const step: number = last === undefined ? 0 : (row.orbit - (last % 2 ** 32)) | 0;
    const isNew = step < -nearOrbits || row.mark !== mark;
    if (isNew) run++;
    mark = row.mark;
    last = isNew ? row.orbit + 2 ** 33 : (last ?? row.orbit + 2 ** 33) + step;
    if (row.kind === 'scintillator') continue;

    const channel = `${row.chamber}/${geometry.chambers[row.chamber].channelFirst + row.channel}`;
    channels.set(channel, (channels.get(channel) ?? 0) + 1);
    const orbit = isRaw ? String(row.orbit) : `${run}/${last}`;
    const active = activeByOrbit.get(orbit) ?? geometry.chambers.map(() => new Set<number>());
    activeByOrbit.set(orbit, active);
    active[row.chamber].add(row.channel);
  }

  const distribution = geometry.chambers.map(() => new Array<number>(chamberChannels + 1).fill(0));
  for (const active of activeByOrbit.values()) {
    active.forEach((set, chamber) => (distribution[chamber][set.size] += set.size === 0 ? 0 : 1));
  }
  return {
    hit_count: [...channels.values()].reduce((sum, count) => sum + count, 0),
    channels: inOrder(channels),
    active_channels_chamber: distribution,
    orbits: activeByOrbit.size,
  };
}

/** The same totals, from messages. */
export function totalsOf(messages: readonly ModelMessage[], geometry: Geometry): Totals {
  const channels = new Map<string, number>();
  const distribution = geometry.chambers.map(() => new Array<number>(chamberChannels + 1).fill(0));
  for (const message of messages) {
    geometry.chambers.forEach((_, chamber) => {
      const { bin_edges, hist_counts } = message.tdc_counts_chamber[chamber];
      bin_edges.forEach((edge, index) => {
        const channel = `${chamber}/${edge}`;
        channels.set(channel, (channels.get(channel) ?? 0) + hist_counts[index]);
      });
      message.active_channels_chamber[chamber].forEach((count, active) => (distribution[chamber][active] += count));
    });
  }
  return {
    hit_count: messages.reduce((sum, message) => sum + message.hit_count, 0),
    channels: inOrder(channels),
    active_channels_chamber: distribution,
    orbits: messages.reduce((sum, message) => sum + message.orbits, 0),
  };
}

function inOrder(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...counts].sort());
}
