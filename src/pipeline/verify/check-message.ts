import type { BatchMessage } from '../../domain/batch-message.js';
import { ledgerExcess } from '../batch/message-builder.js';
import type { Differences } from './difference.js';

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

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
