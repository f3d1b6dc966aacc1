import { byChannel, type ChamberHistogram } from './chamber-histograms.js';

const header = 'chamber,histogram,bin,lower,upper,count';
/** Digits of edges: enough for any, and without the rounding of their sums. */
const digits = 12;

/**
 * Histograms as one table, a bin per line. Bins count from 0; below and above an axis are bin -1 and the number after the
 * last one, with an edge at infinity. `gated`, which has two axes, is by channel.
 */
export function histogramCsv(histograms: readonly ChamberHistogram[]): string {
  return `${[header, ...histograms.flatMap(linesOf)].join('\n')}\n`;
}

function linesOf({ chamber, name, axes, values }: ChamberHistogram): string[] {
  const isByCell = axes.length > 1;
  const counts = isByCell ? byChannel(values.flat()) : values.flat();
  const { lower, upper, bins, hasFlow = false } = isByCell ? { lower: 0, upper: counts.length, bins: counts.length } : axes[0]; // prettier-ignore
  const edge = (bin: number): string => {
    if (bin < 0) return '-inf';
    return bin > bins ? 'inf' : String(Number((lower + ((upper - lower) * bin) / bins).toPrecision(digits)));
  };
  return counts.map((count, index) => {
    const bin = hasFlow ? index - 1 : index;
    return [chamber, name, bin, edge(bin), edge(bin + 1), count].join(',');
  });
}
