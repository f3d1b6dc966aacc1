import { layerOf } from '../../../domain/geometry.js';
import type { Outlier } from '../../../results/outliers.js';
import { alignColumns } from '../../draw/align-columns.js';
import { formatCount } from '../../draw/format.js';

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
  const lines = alignColumns([head, ...rows], (column) => column === head.length - 1);
  return ['furthest from the median of their chamber and of their layer:', ...lines];
}

/**
 * The same in one line, hot channels and those that count little side by side: `hot 0:3 ×8.5; low 0:54 ×0, 0:13 ×0`, as
 * many as fit; empty where no channel stands out.
 */
export function outlierText(outliers: readonly Outlier[], width: number, times: string): string {
  const named = (name: string, those: readonly Outlier[]): string[] => {
    const list = those.map(
      ({ chamber, channel, ofChamber }) => `${chamber}:${channel} ${times}${ratioText(ofChamber)}`,
    );
    return list.length === 0 ? [] : [`${name} ${list.join(', ')}`];
  };
  const hot = outliers.filter(({ ofChamber }) => ofChamber > 1);
  const low = outliers.filter(({ ofChamber }) => ofChamber <= 1);
  let text = '';
  for (let shown = 1; shown <= outliers.length; shown++) {
    // Each has half of the line, and what the other does not need.
    const ofHot = Math.min(hot.length, Math.max(Math.ceil(shown / 2), shown - low.length));
    const next = [...named('hot', hot.slice(0, ofHot)), ...named('low', low.slice(0, shown - ofHot))].join('; ');
    if (next.length > width) break;
    text = next;
  }
  return text;
}

/** A ratio to two digits: `0.02`, `8.5`, `31`. */
export function ratioText(ratio: number): string {
  if (ratio === 0) return '0';
  if (ratio < 0.005) return '<0.01';
  return ratio < 9.95 ? ratio.toFixed(ratio < 0.995 ? 2 : 1) : String(Math.round(ratio));
}
