import type { Ledger, SeenHistogram, Summary } from '../../domain/batch-message.js';
import { chamberChannels, type Geometry } from '../../domain/geometry.js';
import { kindOf, rowCode } from '../../domain/row-code.js';
import type { Recount } from './lane-recount.js';

/** The compared bins, under their names in the wire format. */
export type ComparedSums = Pick<
  Summary,
  'hit_count_chamber' | 'tdc_counts_chamber' | 'active_channels_chamber' | 'ledger' | 'orbits'
>;

/** The sums of a finished recount, as messages would say them. */
export function sumsOfRecount({ counts, tally, open }: Recount, { chambers }: Geometry): ComparedSums {
  const { channels } = counts;
  const perChamber = chambers.map((_, chamber) =>
    channels.subarray(chamber * chamberChannels, (chamber + 1) * chamberChannels),
  );
  const stride = chamberChannels + 1;
  return {
    hit_count_chamber: perChamber.map(total),
    tdc_counts_chamber: Object.fromEntries(
      perChamber.map((hits, chamber) => [chamber, seenOf(hits, chambers[chamber].channelFirst)]),
    ),
    active_channels_chamber: Object.fromEntries(
      chambers.map((_, chamber) => [chamber, [...tally.active.subarray(chamber * stride, (chamber + 1) * stride)]]),
    ),
    ledger: {
      ...readCounts(counts),
      hits: total(channels),
      scintillator: counts.kinds[0],
      carried_in: 0,
      carried_out: open,
    },
    orbits: tally.orbits,
  };
}

/** The part of a ledger that counts when rows are read. */
export type ReadCounts = Pick<Ledger, 'rows_read' | 'dropped' | 'rejected'>;

export function readCounts({ rowsRead, kinds }: Recount['counts']): ReadCounts {
  const kind = (code: number): number => kinds[kindOf(code)];
  return {
    rows_read: rowsRead,
    dropped: { head: kind(rowCode.droppedHead), channel: kind(rowCode.droppedChannel) },
    rejected: {
      fields: kind(rowCode.rejectedFields),
      number: kind(rowCode.rejectedNumber),
      range: kind(rowCode.rejectedRange),
    },
  };
}

/** Counts with a name each. */
export type Bins = ReadonlyMap<string, number>;

/** `tdc_counts_chamber.2[17]` is channel 17 of the board. */
export function sumBins({ hit_count_chamber, tdc_counts_chamber, ledger }: ComparedSums): Bins {
  const bins = new Map(ledgerBins(ledger));
  hit_count_chamber.forEach((count, chamber) => bins.set(`hit_count_chamber[${chamber}]`, count));
  for (const [chamber, { bin_edges, hist_counts }] of Object.entries(tdc_counts_chamber)) {
    bin_edges.forEach((edge, index) => bins.set(`tdc_counts_chamber.${chamber}[${edge}]`, hist_counts[index]));
  }
  return bins;
}

/** Bins compared only without late hits: otherwise messages count only a part of an orbit. */
export function orbitBins({ orbits, active_channels_chamber }: ComparedSums): Bins {
  const bins = new Map([['orbits', orbits]]);
  for (const [chamber, counts] of Object.entries(active_channels_chamber)) {
    counts.forEach((count, active) => bins.set(`active_channels_chamber.${chamber}[${active}]`, count));
  }
  return bins;
}

export function ledgerBins(ledger: Ledger | ReadCounts): Bins {
  const bins = new Map<string, number>();
  addNumbers(bins, 'ledger', ledger);
  return bins;
}

/** The numbers of an object and of the objects in it, by their path. */
function addNumbers(bins: Map<string, number>, path: string, value: object): void {
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (typeof inner === 'number') bins.set(`${path}.${key}`, inner);
    else if (typeof inner === 'object' && inner !== null) addNumbers(bins, `${path}.${key}`, inner);
  }
}

function seenOf(counts: Float64Array, channelFirst: number): SeenHistogram {
  const seen = [...counts.keys()].filter((channel) => counts[channel] !== 0);
  return {
    bin_edges: seen.map((channel) => channel + channelFirst),
    hist_counts: seen.map((channel) => counts[channel]),
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
