import type { BatchMessage, Ledger, Summary } from '../domain/batch-message.js';
import { type CommonChambers, joinChambers } from '../domain/chamber-channels.js';
import { chamberChannels } from '../domain/geometry.js';
import { hitLimits } from '../domain/hit.js';
import { addLedger, emptyLedger } from '../domain/summary.js';

/** Sums of one chamber. */
export interface ChamberTotals {
  hits: number;
  /** Hits by channel as it is on the board, 512 entries. */
  readonly channelHits: Float64Array;
  /** Entry n = orbits with n active channels, 65 entries. */
  readonly activeOrbits: Float64Array;
}

/** Sums over messages. Adding is commutative and associative, so lanes may come in any order. */
export interface Totals {
  hits: number;
  /** One a chamber, as many as the longest `hit_count_chamber` so far. */
  readonly chambers: ChamberTotals[];
  /** Where the chambers are read out, as the messages say it. */
  common: CommonChambers;
  /** Every entry is a plain sum, also `carried_in` and `carried_out`. */
  readonly ledger: Ledger;
  lateHits: number;
  lateOrbits: number;
  orbits: number;
  /** Messages of the topic that were gone before they were read. */
  lost: number;
}

/** What messages and summaries have in common; a message of another producer may lack all but the first three. */
export type Addend = Pick<BatchMessage, 'hit_count' | 'hit_count_chamber' | 'tdc_counts_chamber'> & {
  readonly [key in 'chambers' | 'active_channels_chamber' | 'ledger' | 'late_hits' | 'late_orbits' | 'orbits']?:
    BatchMessage[key] | undefined;
} & {
  /** As a message or a summary says it. */
  readonly lost?: BatchMessage['lost'] | Summary['lost'] | undefined;
};

export function emptyTotals(): Totals {
  return {
    ...{ hits: 0, chambers: [], common: undefined, ledger: emptyLedger() },
    ...{ lateHits: 0, lateOrbits: 0, orbits: 0, lost: 0 },
  };
}

/** Adds a message or a summary to the sums. Channels above 511 and more than 64 active channels are ignored. */
export function addToTotals(totals: Totals, addend: Addend): void {
  totals.hits += addend.hit_count;
  totals.common = joinChambers(totals.common, addend.chambers);
  addend.hit_count_chamber.forEach((hits, chamber) => (chamberOf(totals, chamber).hits += hits));
  for (const [chamber, { bin_edges, hist_counts }] of Object.entries(addend.tdc_counts_chamber)) {
    const { channelHits } = chamberOf(totals, Number(chamber));
    bin_edges.forEach((channel, index) => {
      if (channel < channelHits.length) channelHits[channel] += hist_counts[index];
    });
  }
  for (const [chamber, counts] of Object.entries(addend.active_channels_chamber ?? {})) {
    const { activeOrbits } = chamberOf(totals, Number(chamber));
    counts.forEach((orbits, active) => (activeOrbits[active] += orbits));
  }
  if (addend.ledger !== undefined) {
    addLedger(totals.ledger, addend.ledger);
    totals.ledger.carried_in += addend.ledger.carried_in;
    totals.ledger.carried_out += addend.ledger.carried_out;
  }
  totals.lateHits += addend.late_hits ?? 0;
  totals.lateOrbits += addend.late_orbits ?? 0;
  totals.orbits += addend.orbits ?? 0;
  totals.lost += lostMessages(addend.lost);
}

/** Messages that were gone before they were read, as a message or a summary says it. */
export function lostMessages(lost: Addend['lost'] = {}): number {
  let total = 0;
  for (const entry of Object.values(lost)) {
    if (typeof entry === 'number') total += entry;
    else for (const [from, to] of entry) total += to - from;
  }
  return total;
}

function chamberOf(totals: Totals, chamber: number): ChamberTotals {
  while (totals.chambers.length <= chamber) {
    totals.chambers.push({
      hits: 0,
      channelHits: new Float64Array(hitLimits.TDC_CHANNEL),
      activeOrbits: new Float64Array(chamberChannels + 1),
    });
  }
  return totals.chambers[chamber];
}
