import { emptyLedger } from '../domain/summary.js';
import type { CommonChambers } from '../domain/chamber-channels.js';
import { chamberChannels } from '../domain/geometry.js';
import { hitLimits } from '../domain/hit.js';
import type { IncomingMessage } from './incoming-message.js';
import { lostMessages, type Totals } from './totals.js';

/*
 * The sums of a message as a vector; one of more chambers has the same beginning:
 *
 *   0                 head                     the first chamber             the second …
 *   messages  hits …  ledger                   hits  channels (512)  active (65)
 */
const heads = [
  ...['messages', 'split', 'liveNs', 'withLive', 'hits', 'lateHits', 'lateOrbits', 'orbits', 'lost'],
  ...['rows_read', 'ledger_hits', 'scintillator', 'head', 'channel', 'fields', 'number', 'range'],
  ...['carried_in', 'carried_out', 'carried_lost'],
] as const;
const head = Object.fromEntries(heads.map((name, index) => [name, index]));
const channelCount = hitLimits.TDC_CHANNEL;
const activeAt = 1 + channelCount;
const chamberLength = activeAt + chamberChannels + 1;

/** Length of the vector of so many chambers. */
export function countsLength(chambers: number): number {
  return heads.length + chambers * chamberLength;
}

/** Chambers that a message has sums of. */
export function chambersOf(message: IncomingMessage): number {
  const { hit_count_chamber: hits, tdc_counts_chamber: channels, active_channels_chamber: active } = message;
  const keys = [...Object.keys(channels), ...Object.keys(active ?? {})].map((key) => Number(key) + 1);
  return Math.max(hits.length, ...keys);
}

/**
 * Fills a vector of {@link countsLength} zeros with the sums of a message.
 *
 * @param physics what is known of its physics: live seconds of the detector in its lane, or that lanes may split orbits
 */
export function fillCounts(
  values: Float64Array,
  message: IncomingMessage,
  { liveS, isSplit }: { readonly liveS: number | undefined; readonly isSplit: boolean },
): void {
  const { ledger } = message;
  values[head.messages] = 1;
  values[head.split] = isSplit ? 1 : 0;
  if (liveS !== undefined) {
    values[head.withLive] = 1;
    values[head.liveNs] = Math.round((1e9 * liveS) / (message.lanes ?? 1));
  }
  values[head.hits] = message.hit_count;
  values[head.lateHits] = message.late_hits ?? 0;
  values[head.lateOrbits] = message.late_orbits ?? 0;
  values[head.orbits] = message.orbits ?? 0;
  values[head.lost] = lostMessages(message.lost);
  if (ledger !== undefined) {
    const { dropped, rejected } = ledger;
    const rows = [
      ...[ledger.rows_read, ledger.hits, ledger.scintillator, dropped.head, dropped.channel],
      ...[rejected.fields, rejected.number, rejected.range],
      ...[ledger.carried_in, ledger.carried_out, ledger.carried_lost ?? 0],
    ];
    rows.forEach((count, index) => (values[head.rows_read + index] = count));
  }
  message.hit_count_chamber.forEach((hits, chamber) => (values[countsLength(chamber)] = hits));
  for (const [chamber, { bin_edges, hist_counts }] of Object.entries(message.tdc_counts_chamber)) {
    const at = countsLength(Number(chamber)) + 1;
    bin_edges.forEach((channel, index) => {
      if (channel < channelCount) values[at + channel] += hist_counts[index];
    });
  }
  for (const [chamber, counts] of Object.entries(message.active_channels_chamber ?? {}))
    values.set(counts, countsLength(Number(chamber)) + activeAt);
}

/** The sums in a vector. */
export function countsOf(values: Float64Array, common: CommonChambers) {
  const of = (name: (typeof heads)[number]): number => values[head[name]] ?? 0;
  const lost = of('carried_lost');
  const totals: Totals = {
    ...{ hits: of('hits'), common, lateHits: of('lateHits'), lateOrbits: of('lateOrbits') },
    ...{ orbits: of('orbits'), lost: of('lost') },
    chambers: Array.from({ length: Math.max(0, (values.length - heads.length) / chamberLength) }, (_, chamber) => {
      const at = countsLength(chamber);
      return {
        hits: values[at],
        channelHits: values.slice(at + 1, at + activeAt),
        activeOrbits: values.slice(at + activeAt, at + chamberLength),
      };
    }),
    ledger: {
      ...emptyLedger(),
      ...{ rows_read: of('rows_read'), hits: of('ledger_hits'), scintillator: of('scintillator') },
      dropped: { head: of('head'), channel: of('channel') },
      rejected: { fields: of('fields'), number: of('number'), range: of('range') },
      ...{ carried_in: of('carried_in'), carried_out: of('carried_out') },
      ...(lost > 0 && { carried_lost: lost }),
    },
  };
  return {
    ...{ totals, messages: of('messages'), isSplit: of('split') > 0 },
    liveS: of('withLive') > 0 ? of('liveNs') / 1e9 : undefined,
  };
}
