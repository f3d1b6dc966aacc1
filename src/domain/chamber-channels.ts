import type { BatchMessage, SeenHistogram } from './batch-message.js';
import { chamberChannels, type Geometry } from './geometry.js';

/** Where the chambers are read out, as messages say it: one entry per chamber, in order. */
export type ChamberList = NonNullable<BatchMessage['chambers']>;

/** What the messages of a sum say together: nothing (all of older versions), one list, or lists that differ. */
export type CommonChambers = ChamberList | 'different' | undefined;

/** The list of a geometry. */
export function chamberListOf({ chambers }: Geometry): ChamberList {
  return chambers.map(({ fpga, channelFirst, channels }) => ({ fpga, channel_first: channelFirst, channels }));
}

/** Joins two statements; the order of several does not matter. */
export function joinChambers(one: CommonChambers, other: CommonChambers): CommonChambers {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  if (one === 'different' || other === 'different') return 'different';
  return chambersText(one) === chambersText(other) ? one : 'different';
}

/** `0:64-127` is board 0, channels 64 to 127. */
export function chambersText(chambers: ChamberList): string {
  return chambers
    .map(({ fpga, channel_first: first, channels }) => `${fpga}:${first}-${first + channels - 1}`)
    .join(' ');
}

/**
 * A histogram by channel of the board, spread out by channel of the chamber, always 64 counts; undefined when it has others
 * as well.
 */
export function spreadOut(
  { bin_edges, hist_counts }: SeenHistogram,
  { channel_first: first, channels }: ChamberList[number],
): number[] | undefined {
  const counts = new Array<number>(chamberChannels).fill(0);
  for (const [index, channel] of bin_edges.entries()) {
    if (channel < first || channel >= first + channels) return undefined;
    counts[channel - first] = hist_counts[index];
  }
  return counts;
}
