import { layerOf } from '../../domain/geometry.js';
import type { Outlier } from '../../results/outliers.js';
import { formatCount } from '../draw/format.js';

/** A table for texts: a head line and a line per channel; nothing where no channel stands out. */
export function outlierLines(outliers: readonly Outlier[]): string[] {
  if (outliers.length === 0) return [];
  const rows = outliers.map(({ chamber, channel, hits, ofChamber, ofLayer }) => [
    `${chamber}:${channel}`,
    formatCount(hits),
    ratioText(ofChamber),
    ratioText(ofLayer),
    `layer ${layerOf(channel)} cell ${channel >> 2}`,
  ]);
  const head = ['channel', 'hits', 'of chamber', 'of layer', 'wire'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((text, column) => (column < 4 ? text.padStart(widths[column]) : text)).join('  ');
  return ['furthest from the median of their chamber and of their layer:', ...[head, ...rows].map(line)];
}

/** The same in one line: `furthest 0:3 ×8.5, 2:3 ×6.1`, as many as fit; empty where no channel stands out. */
export function outlierText(outliers: readonly Outlier[], width: number, times: string): string {
  let text = '';
  for (const { chamber, channel, ofChamber } of outliers) {
    const next = `${text === '' ? 'furthest ' : `${text}, `}${chamber}:${channel} ${times}${ratioText(ofChamber)}`;
    if (next.length > width) break;
    text = next;
  }
  return text;
}

function ratioText(ratio: number): string {
  if (ratio === 0) return '0';
  return ratio < 9.95 ? ratio.toFixed(ratio < 0.995 ? 2 : 1) : String(Math.round(ratio));
}
