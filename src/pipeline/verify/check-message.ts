import type { BatchMessage, SeenHistogram } from '../../domain/batch-message.js';
import { chambersText, spreadOut } from '../../domain/chamber-channels.js';
import { ledgerExcess } from '../batch/message-builder.js';
import type { Differences } from './difference.js';

const noChannels: SeenHistogram = { bin_edges: [], hist_counts: [] };

/**
 * Checks what the numbers of one message have to do with each other.
 *
 * @param name what the message is called in a difference
 */
export function checkMessage(message: BatchMessage, name: string, differences: Differences): void {
  const { ledger, hit_count_chamber, tdc_counts_chamber, active_channels_chamber, active_tdc_chamber } = message;
  const { carried_out } = ledger;
  differences.check(`${name}: ledger.carried_out, for a balance`, carried_out + ledgerExcess(ledger), carried_out);
  differences.check(`${name}: hit_count`, ledger.hits, message.hit_count);
  differences.check(`${name}: hit_count_chamber, all together`, ledger.hits, total(hit_count_chamber));
  hit_count_chamber.forEach((count, chamber) => {
    const channels = tdc_counts_chamber[chamber]?.hist_counts ?? [];
    differences.check(`${name}: tdc_counts_chamber.${chamber}, all together`, count, total(channels));
    checkChannels(message, chamber, name, differences);
    if (message.orbit_detail !== 'full') return;
    const listed = new Map<number, number>();
    for (const active of active_tdc_chamber[chamber]?.hist_counts ?? []) {
      listed.set(active, (listed.get(active) ?? 0) + 1);
    }
    active_channels_chamber[chamber]?.forEach((orbits, active) => {
      const bin = `${name}: orbits in active_tdc_chamber.${chamber} with ${active} channels`;
      differences.check(bin, orbits, listed.get(active) ?? 0);
    });
  });
}

/** The counts by channel of the chamber must be those by channel of the board. */
function checkChannels(message: BatchMessage, chamber: number, name: string, differences: Differences): void {
  const { chambers, channel_hits_chamber, tdc_counts_chamber } = message;
  if (chambers === undefined || channel_hits_chamber === undefined) return;
  const place = chambers.at(chamber);
  const expected = place && spreadOut(tdc_counts_chamber[chamber] ?? noChannels, place);
  if (place === undefined || expected === undefined) {
    const got = place === undefined ? 'no such chamber' : `other channels than ${chambersText([place])}`;
    differences.check(`${name}: chambers[${chamber}]`, 'the channels of its hits', got);
    return;
  }
  const said = channel_hits_chamber[chamber] ?? [];
  for (let channel = 0; channel < Math.max(expected.length, said.length); channel++) {
    if (expected[channel] === said[channel]) continue;
    differences.check(`${name}: channel_hits_chamber.${chamber}[${channel}]`, expected[channel], said[channel]);
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
